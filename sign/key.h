/* SPDX-License-Identifier: Apache-2.0 */
/* Private keys, wherever they are, and certificates. */
#ifndef BB_KEY_H
#define BB_KEY_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Where the secrets that open keys are read from; never from an argument. Each may be NULL. */
struct secrets {
	const char *passphrase_file; /* its first line opens encrypted key files; NULL: ask, if there is a terminal */
	const char *pin_file;        /* its first line opens tokens; NULL: the URI's pin-source */
};

/* A key that signs, and the certificate that says so. Empty: both NULL. */
struct signer {
	EVP_PKEY *key;
	X509 *certificate;
};

/*
 * Opens a private key: a PEM file, encrypted or not, or a pkcs11: URI (RFC 7512), by OpenSSL's
 * provider for PKCS#11 or, where that is missing, its engine. A URI that holds the PIN itself
 * (pin-value) is refused: arguments are visible to everybody on the machine.
 * Returns NULL when that failed and has been said.
 */
EVP_PKEY *key_open(const char *where, const struct secrets *secrets);

/* Reads a certificate, PEM or DER. Returns NULL when that failed and has been said. */
X509 *certificate_read(const char *file);

/*
 * Opens both and makes sure that they belong together and that the key is RSA with 2048, 3072 or
 * 4096 bits. Returns 0, or an exit status when that failed and has been said.
 */
int signer_open(const char *key, const char *certificate, const struct secrets *secrets,
	struct signer *ret);

void signer_close(struct signer *signer);

#endif
