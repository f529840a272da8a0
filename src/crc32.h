/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 as gzip, zlib and GPT use it (RFC 1952 section 8). */
#ifndef BB_CRC32_H
#define BB_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Continues a checksum over more bytes; the first call gives 0 as the checksum so far. */
uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t size);

#endif
