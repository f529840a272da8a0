/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of a device type: a directory in the layout of NXP's PKI scripts, so that theirs can be
 * used as it is, with the keys for kernels, modules and installers beside them.
 *
 *     crts/CA1_sha256_BITS_65537_v3_ca_crt.pem        the HAB tree's root
 *     crts/SRKn_sha256_BITS_65537_v3_ca_crt.pem       n = 1..4, slot n-1
 *     crts/CSFn_1_sha256_BITS_65537_v3_usr_crt.pem    below SRKn
 *     crts/IMGn_1_sha256_BITS_65537_v3_usr_crt.pem    below SRKn
 *     crts/kernel_crt.pem module_crt.pem installer_crt.pem
 *     keys/..._key.pem, or keys/..._key.uri with the pkcs11: URI of a key that is in a token
 *     crts/revoked    the mask of the slots whose SRK is revoked in the field, decimal, and a
 *                     newline; absent: 0
 *
 * In NXP's names BITS may be any number, and the tree may have come from anywhere: of those
 * certificates only what HAB asks of them is looked at. The others say in their common name what
 * they are for.
 *
 * A tree for development says so in every certificate: the organizational unit (OU) is
 * "balena-bootloader development". Every other tree is for production.
 */
#ifndef BB_PKI_H
#define BB_PKI_H

#include <stdbool.h>

#include "key.h"

#define PKI_SLOTS 4
#define PKI_REVOCABLE_SLOTS 3 /* SRK_REVOKE has a fuse each for slots 0 to 2; slot 3 stays for good */
#define PKI_DEVELOPMENT_UNIT "balena-bootloader development"

enum pki_role { PKI_CA, PKI_SRK, PKI_CSF, PKI_IMG, PKI_KERNEL, PKI_MODULE, PKI_INSTALLER };

/*
 * Whether a certificate may be used in a role. CA, SRK: may sign certificates. CSF, IMG: may not,
 * as the boot ROM wants it. KERNEL, MODULE, INSTALLER: signs code, signs no certificates, and its
 * common name ends in " kernel signing", " module signing" or " installer signing".
 */
bool pki_has_purpose(const X509 *certificate, enum pki_role role);

/* Whether a common name says so, in whatever case: KERNEL, MODULE, INSTALLER. */
bool pki_names(const X509 *certificate, enum pki_role role);

/*
 * The certificate of a role; slot is 0..3 for SRK, CSF and IMG, and 0 for the others. There must be
 * exactly one file of that name, and its certificate must have that purpose; one for CSF or IMG
 * must be signed by its SRK. Returns NULL when that failed and has been said.
 */
X509 *pki_certificate(const char *directory, enum pki_role role, unsigned int slot);

/* The role's key with its certificate, as signer_open() has it. */
int pki_signer(const char *directory, enum pki_role role, unsigned int slot,
	const struct secrets *secrets, struct signer *ret);

/* Whether a certificate says that it is for development only. */
bool pki_is_development(const X509 *certificate);

/* The slots that the tree calls revoked, one bit each. Returns 0 or an exit status, said. */
int pki_revoked(const char *directory, unsigned int *ret_mask);

#endif
