/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SignedData (RFC 2315 section 9, RFC 5652 section 5) in the forms that this project has to do with: one
 * signer, named by issuer and serial number, SHA-256, RSA PKCS#1 v1.5. They are written here, byte
 * for byte as the tools they replace do, and not by libcrypto's CMS: the verifier writes the same
 * structure again and compares, which leaves no byte of it unlooked at.
 *
 *     form                as made by       content   attributes  certificate  digest parameters
 *     HAB                 NXP's CST        detached  yes         no           absent
 *     Authenticode        sbsign           inside    yes         yes          NULL
 *     module              sign-file        detached  no          no           absent
 *
 * sbsign signs S/MIME capabilities, too: which ciphers its libcrypto has says nothing about a kernel.
 */
#ifndef BB_SIGNED_DATA_H
#define BB_SIGNED_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "key.h"

#define SIGNED_DATA_DIGEST_SIZE 32     /* SHA-256 */
#define SIGNED_DATA_DIGEST_MAX 64      /* SHA-512 */
#define SIGNED_DATA_SIGNATURE_MAX 512  /* RSA-4096 */
#define SIGNED_DATA_ATTRIBUTES_MAX 256 /* bytes of the signed attributes of every form */
/* Room for all of it: a signature, a certificate and what stands around. */
#define SIGNED_DATA_MAX (SIGNED_DATA_SIGNATURE_MAX + (8u << 10))

/* The last is as a module's, with SHA-512: what balena-sign makes. Here it is only verified. */
enum signed_data_form { SIGNED_DATA_HAB, SIGNED_DATA_AUTHENTICODE, SIGNED_DATA_MODULE,
	SIGNED_DATA_MODULE_SHA512 };

struct signed_data {
	enum signed_data_form form;
	const X509 *certificate; /* the signer's */
	time_t time;             /* signing time, 1950 to 2049; unused without attributes */

	/*
	 * SHA-256 of what is signed, or SHA-512 where the form says so; with Authenticode, of the file
	 * without its holes.
	 */
	uint8_t digest[SIGNED_DATA_DIGEST_MAX];

	uint8_t signature[SIGNED_DATA_SIGNATURE_MAX];
	size_t signature_size;
};

/*
 * Which keys sign here: RSA with 2048, 3072 or 4096 bits and the exponent 65537. Returns NULL, or
 * what the key is instead, as the end of a sentence.
 */
const char *signed_data_key_fault(const EVP_PKEY *key);

/*
 * Fills in the signature. Returns 0, or -1 when the key cannot sign (libcrypto's error queue says
 * why) or the signature that came back is not good for the certificate.
 */
int signed_data_sign(struct signed_data *s, EVP_PKEY *key);

/* Whether the signature is one by the certificate's key. */
bool signed_data_verify(const struct signed_data *s);

/*
 * Writes the structure. Returns its size, and where it begins in the buffer in *ret_start; or 0
 * when it does not fit or the certificate cannot be encoded.
 */
size_t signed_data_write(const struct signed_data *s, uint8_t buffer[static SIGNED_DATA_MAX],
	const uint8_t **ret_start);

#endif
