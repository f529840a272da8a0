/* SPDX-License-Identifier: Apache-2.0 */
/* What the running kernel does with a kernel's signature (crypto/asymmetric_keys), by libcrypto. */
#ifndef BB_SIGNATURE_H
#define BB_SIGNATURE_H

#include <stdbool.h>

#include "image.h"

/* Whether the file's Authenticode digest is the one that the signature states. */
bool signature_digest_matches(const uint8_t *data, size_t size, const struct image *image);

/* Whether a file holds a certificate in PEM form. */
bool signature_certificate_is_good(const char *file);

/*
 * Verifies the signature with the certificate in a file. Neither its dates nor its issuer count:
 * the kernel trusts the certificates that were built into it as they are.
 * Returns NULL or what is wrong.
 */
const char *signature_verify(const uint8_t *data, const struct image *image, const char *file);

#endif
