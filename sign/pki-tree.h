/* SPDX-License-Identifier: Apache-2.0 */
/* How a PKI directory is made; what reads one is in pki.h. */
#ifndef BB_PKI_TREE_H
#define BB_PKI_TREE_H

#include <time.h>

#include "pki.h"
#include "text.h"

#define PKI_ANY_BITS "*"
#define PKI_KEYS 16 /* in a tree: CA, four times SRK, CSF and IMG, kernel, module, installer */

/*
 * Adds the name of a role's files, without _crt.pem or _key.pem; `bits` is a decimal number or
 * PKI_ANY_BITS, for a pattern.
 */
void pki_add_name(struct text *t, enum pki_role role, unsigned int slot, const char *bits);

/* How the common name of a role's certificates ends, or NULL for those of the HAB tree. */
const char *pki_purpose(enum pki_role role);

/* Whether a name of this kind in the subject is the text, or ends in it, in whatever case. */
bool pki_subject_says(const X509 *certificate, int kind, const char *text, bool whole);

/* What a certificate is to say. */
struct pki_subject {
	enum pki_role role;
	const char *common_name;
	bool is_development;
	time_t start;
	int days;
};

/*
 * Makes the certificate of a key, signed by the issuer, or by the key itself when that is NULL.
 * Returns NULL when that cannot be done; libcrypto's error queue says why.
 */
X509 *pki_certify(const struct pki_subject *subject, EVP_PKEY *key, const struct signer *issuer);

/* What a new tree is to be. */
struct pki_plan {
	const char *directory;
	const char *bits;       /* "2048", "3072" or "4096" */
	const char *prefix;     /* of all common names; NULL: none in the HAB tree */
	const char *token;      /* the pkcs11: URI of the token that has the keys, or NULL: files */
	const char *passphrase; /* encrypts the files */
	struct secrets secrets; /* open the token */
	bool is_development;
	int days;
};

/* Makes the tree, all of it or nothing. Returns 0, or an exit status when that failed and was said.
 */
int pki_make(const struct pki_plan *plan);

/* Writes an encrypted key into a file. Returns 0, or an exit status when that failed and was said.
 */
int pki_write_key(const char *file, const EVP_PKEY *key, const char *passphrase);

/* Writes a certificate as PEM. Returns 0, or an exit status when that failed and was said. */
int pki_write_certificate(const char *file, const X509 *certificate);

/* The file below a tree that holds the mask of the slots revoked. */
#define PKI_REVOKED_FILE "crts/revoked"

#endif
