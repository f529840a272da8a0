/* SPDX-License-Identifier: Apache-2.0 */
/* Little-endian numbers in untrusted bytes, and sums of untrusted sizes. */
#ifndef BB_BYTES_H
#define BB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline uint16_t get_le16(const uint8_t p[static 2])
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t get_le32(const uint8_t p[static 4])
{
	return (uint32_t)get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static inline uint64_t get_le64(const uint8_t p[static 8])
{
	return (uint64_t)get_le32(p) | (uint64_t)get_le32(p + 4) << 32;
}

static inline void put_le32(uint8_t p[static 4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

/* Whether [offset, offset + length) lies within size bytes; never overflows. */
static inline bool range_within(size_t offset, size_t length, size_t size)
{
	return offset <= size && length <= size - offset;
}

#endif
