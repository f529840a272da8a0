/* SPDX-License-Identifier: Apache-2.0 */
/* What the running kernel does with a kernel's signature (crypto/asymmetric_keys), by libcrypto. */
#ifndef BB_SIGNATURE_H
#define BB_SIGNATURE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "image.h"

/*
 * The Authenticode digest of a file: of all its bytes but the checksum, the certificate table's
 * directory entry, and what begins at table_offset. Returns false when libcrypto cannot.
 */
bool signature_digest(const uint8_t *data, const struct image *image,
	uint8_t ret[static AUTHENTICODE_DIGEST_SIZE]);

/* Whether the file's Authenticode digest is the one that the signature states. */
bool signature_digest_matches(const uint8_t *data, size_t size, const struct image *image);

/*
 * Verifies the signature, RSA, with a certificate. Its issuer does not count, nor what time it is:
 * the kernel trusts the certificates that were built into it as they are. Only the time at which
 * the signer says to have signed must be within the certificate's dates.
 * Returns NULL or what is wrong.
 */
const char *signature_verify(const uint8_t *data, const struct image *image, X509 *certificate);

#endif
