/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the gzip decoder share; its interface is inflate.h. */
#ifndef BB_INFLATE_INTERNAL_H
#define BB_INFLATE_INTERNAL_H

#include <stdbool.h>

#include "huffman.h"
#include "inflate.h"

/* The largest tables that codes of 288 and 32 symbols can give (zlib's examples/enough.c). */
#define INFLATE_LITERAL_ROOT 10u
#define INFLATE_LITERAL_ENTRIES 1334
#define INFLATE_DISTANCE_ROOT 8u
#define INFLATE_DISTANCE_ENTRIES 402

struct inflate {
	const uint8_t *in, *in_end;
	uint64_t bits; /* from the input, not used yet; the next one lowest, zero above them */
	unsigned int bit_count;
	bool in_ended;

	uint8_t *out, *out_start, *out_end;
	const uint8_t *summed; /* up to here crc holds */
	uint32_t crc;

	const struct inflate_source *source;
	const char *detail;
	uint32_t literals[INFLATE_LITERAL_ENTRIES];
	uint32_t distances[INFLATE_DISTANCE_ENTRIES];
};

/* Notes what is wrong; returns BB_KERNEL_GZIP or BB_KERNEL_TOO_BIG. */
int inflate_malformed(struct inflate *s, const char *detail);
int inflate_too_big(struct inflate *s);

/*
 * Input, bit by bit. Each returns 0, the error of the source, or that of a file that ends too soon.
 * refill: at least 48 bits, which is a whole match, or all that is left; take: up to 32 bits.
 */
int inflate_refill(struct inflate *s);
int inflate_drop(struct inflate *s, unsigned int count);
int inflate_take(struct inflate *s, unsigned int count, uint32_t *ret);

/* The two codes of a block: those that RFC 1951 fixes, or those that the block begins with. */
int inflate_fixed_codes(struct inflate *s);
int inflate_dynamic_codes(struct inflate *s);

/* The rest of a block that has codes. */
int inflate_symbols(struct inflate *s);

#endif
