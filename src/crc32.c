// SPDX-License-Identifier: Apache-2.0
// CRC-32: the processor's own instructions where the target has them (every i.MX8M: about half an
// instruction per byte), sixteen table entries elsewhere.

#include "crc32.h"

#ifdef __ARM_FEATURE_CRC32

#include <arm_acle.h>
#include <string.h>

uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t size)
{
	uint64_t word[4];

	crc = ~crc;
	for (; size >= sizeof(word); data += sizeof(word), size -= sizeof(word)) {
		memcpy(word, data, sizeof(word));
		crc = __crc32d(crc, word[0]);
		crc = __crc32d(crc, word[1]);
		crc = __crc32d(crc, word[2]);
		crc = __crc32d(crc, word[3]);
	}
	for (; size > 0; data++, size--)
		crc = __crc32b(crc, *data);
	return ~crc;
}

#else

/* The reversed polynomial 0xedb88320, four bits at a time. */
/* clang-format off */
static const uint32_t nibble[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
	0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
	0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};
/* clang-format on */

uint32_t crc32_update(uint32_t crc, const uint8_t *data, size_t size)
{
	crc = ~crc;
	for (; size > 0; data++, size--) {
		crc ^= *data;
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

#endif
