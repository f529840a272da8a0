/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs a kernel, a module or a manifest: which one the command line names, and what it is for. */
#ifndef BB_CODE_SIGNER_H
#define BB_CODE_SIGNER_H

#include "pki.h"
#include "signed-data.h"
#include "service.h"
#include "tool.h"

struct code_signer_words {
	const char *pki, *key, *certificate;
	struct secrets secrets;
	struct service service; /* url NULL: the key is here */
	const char *key_id;
};

/* The rows of these words in a command's table of options. */
#define CODE_SIGNER_OPTIONS(words) \
	{ "--pki", NULL, &(words)->pki }, { "--key", NULL, &(words)->key }, \
	{ "--cert", NULL, &(words)->certificate }, \
	{ "--passphrase-file", NULL, &(words)->secrets.passphrase_file }, \
	{ "--pin-file", NULL, &(words)->secrets.pin_file }, \
	SERVICE_OPTIONS(&(words)->service), { "--key-id", NULL, &(words)->key_id }

/*
 * Opens the role's key of a PKI, or the key and certificate that are named. The certificate must be
 * for signing code, must not be a CA's, and none that says that it is for another role. The key is
 * NULL when a service has it: that its signature is good is for the caller to see. A service's
 * certificate, if it is self-signed, may say nothing of what it is for.
 * Returns 0, or an exit status when that failed and has been said.
 */
int code_signer_open(const char *command, const struct code_signer_words *words, enum pki_role role,
	struct signer *ret);

/*
 * Signs, and writes the SignedData. Returns its size, and where it begins in the buffer, or 0 when that
 * failed and has been said, as of the file that is signed.
 */
size_t code_sign(struct signed_data *s, const struct signer *signer, const char *file,
	uint8_t buffer[static SIGNED_DATA_MAX], const uint8_t **ret_start);

/* The certificate alone, to verify with. A self-signed one may say nothing of what it is for. */
int code_certificate_open(const char *command, const struct code_signer_words *words,
	enum pki_role role, X509 **ret);

#endif
