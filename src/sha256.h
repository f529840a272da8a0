/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4, section 6.2) of bytes that are in memory. */
#ifndef BB_SHA256_H
#define BB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32

void sha256(const uint8_t *data, size_t size, uint8_t ret[static SHA256_SIZE]);

#endif
