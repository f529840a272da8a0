/* SPDX-License-Identifier: Apache-2.0 */
/* The cryptography of the software boot ROM: keys, certificates, signatures. All input is hostile. */
#ifndef BB_HAB_SIGNATURE_H
#define BB_HAB_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "der.h"
#include "hab-reason.h"
#include "signed-data.h"
#include "srk.h"
#include "text.h"

/* Who signs what, and the reasons that belong to it. */
struct hab_role {
	const char *name;
	enum hab_reason digest, signature;
};
extern const struct hab_role hab_csf_role, hab_image_role;

/* The public key of an SRK. Returns NULL if it is not a good one, or there is no memory. */
EVP_PKEY *hab_srk_key(const struct srk_record *record);

/*
 * Reads the certificate in a structure, which begins with its header, and verifies that the SRK signed
 * it. Returns HAB_ACCEPTED and the certificate for X509_free(), or the reason.
 */
enum hab_reason hab_check_certificate(const struct der *structure, const struct hab_role *role,
	EVP_PKEY *srk, X509 **ret, char detail[static HAB_DETAIL_SIZE]);

/* Whether a certificate may sign other certificates, by whatever of its extensions. */
bool hab_is_authority(const X509 *certificate);

/*
 * Verifies the signature in a structure, which begins with its header, over what has this digest.
 * ret->certificate and ret->digest are given; the rest is filled in; time is -1 if there is none.
 */
enum hab_reason hab_check_signature(const struct der *structure, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE]);

/*
 * What a signature claims: the digest of what was signed, when, and by whom. Nothing is verified.
 * Returns false when it is not such a signature.
 */
bool hab_claimed_signature(const struct der *structure, uint8_t ret_digest[static SIGNED_DATA_DIGEST_SIZE],
	time_t *ret_time, struct text *signer);

#endif
