/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding tables for the canonical Huffman codes of DEFLATE (RFC 1951 section 3.2.2). */
#ifndef BB_HUFFMAN_H
#define BB_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest code, and most symbols in one alphabet (RFC 1951 section 3.2.6). */
#define HUFFMAN_MAX_BITS 15
#define HUFFMAN_MAX_SYMBOLS 288

/*
 * A table entry says all that is to be known after one look at the next bits:
 *
 *   bit  31      the symbol is a literal, its byte is the value
 *   bits 16-30   value: literal byte, or base of a length or distance, or where a subtable starts
 *   bit  15      rare: one of the three below
 *   bit  14      no such code, or a symbol that must not occur
 *   bit  13      end of block
 *   bit  12      the code goes on in a subtable, whose index has as many bits as bits 8-11 say
 *   bits 8-11    length of the code (in a subtable: of its rest)
 *   bits 0-7     the same plus the number of extra bits that follow the code
 */
#define HUFFMAN_LITERAL (1u << 31)
#define HUFFMAN_VALUE_SHIFT 16
#define HUFFMAN_RARE (1u << 15)
#define HUFFMAN_INVALID (1u << 14 | HUFFMAN_RARE)
#define HUFFMAN_END (1u << 13 | HUFFMAN_RARE)
#define HUFFMAN_SUBTABLE (1u << 12 | HUFFMAN_RARE)

/* True when a rare entry is of the given kind. */
static inline bool huffman_is(uint32_t entry, uint32_t kind)
{
	return (entry & kind) == kind;
}

static inline unsigned int huffman_code_bits(uint32_t entry)
{
	return entry >> 8 & 15;
}

/* Code and extra bits together; at most 15 + 13. */
static inline unsigned int huffman_total_bits(uint32_t entry)
{
	return entry & 0xff;
}

/* What an entry says about a symbol, its code's length left out: value, flags, extra bits. */
typedef uint32_t huffman_meaning(unsigned int symbol);

/*
 * Builds the table of 2^root_bits entries, and its subtables behind it. lengths[symbol] is the
 * code's length, 0 for none, at most HUFFMAN_MAX_BITS; count <= HUFFMAN_MAX_SYMBOLS. Returns false
 * when the lengths describe no code: oversubscribed, or incomplete. Only a code without symbols, or
 * with a single one of one bit, may be incomplete, and only if the caller says so (RFC 1951
 * section 3.2.7 allows it for distances; zlib reads it for both).
 */
bool huffman_build(uint32_t *table, size_t capacity, unsigned int root_bits, const uint8_t *lengths,
	unsigned int count, bool may_be_incomplete, huffman_meaning *meaning);

#endif
