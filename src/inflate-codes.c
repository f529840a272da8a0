// SPDX-License-Identifier: Apache-2.0
// The codes of DEFLATE's blocks: what their symbols mean, and where their lengths come from.

#include <string.h>

#include "inflate-internal.h"

/* RFC 1951 section 3.2.7 */
#define MAX_LITERALS 286u
#define MAX_DISTANCES 30u
#define CODE_LENGTHS 19u
#define LENGTHS_ROOT 7u
#define END_OF_BLOCK 256u

static uint32_t length_code_meaning(unsigned int symbol)
{
	return symbol << HUFFMAN_VALUE_SHIFT;
}

/* RFC 1951 section 3.2.5: the base, and the number of extra bits that are added to it. */
#define LENGTH(base, extra) ((base) << HUFFMAN_VALUE_SHIFT | (extra))

static uint32_t literal_meaning(unsigned int symbol)
{
	static const uint32_t lengths[] = { LENGTH(3u, 0), LENGTH(4u, 0), LENGTH(5u, 0),
		LENGTH(6u, 0), LENGTH(7u, 0), LENGTH(8u, 0), LENGTH(9u, 0), LENGTH(10u, 0),
		LENGTH(11u, 1), LENGTH(13u, 1), LENGTH(15u, 1), LENGTH(17u, 1), LENGTH(19u, 2),
		LENGTH(23u, 2), LENGTH(27u, 2), LENGTH(31u, 2), LENGTH(35u, 3), LENGTH(43u, 3),
		LENGTH(51u, 3), LENGTH(59u, 3), LENGTH(67u, 4), LENGTH(83u, 4), LENGTH(99u, 4),
		LENGTH(115u, 4), LENGTH(131u, 5), LENGTH(163u, 5), LENGTH(195u, 5), LENGTH(227u, 5),
		LENGTH(258u, 0) };

	if (symbol < END_OF_BLOCK)
		return HUFFMAN_LITERAL | symbol << HUFFMAN_VALUE_SHIFT;
	if (symbol == END_OF_BLOCK)
		return HUFFMAN_END;
	return symbol < MAX_LITERALS ? lengths[symbol - END_OF_BLOCK - 1] : HUFFMAN_INVALID;
}

/* The bases double with every second symbol, and an extra bit is added. */
static uint32_t distance_meaning(unsigned int symbol)
{
	unsigned int extra = symbol < 2 ? 0 : symbol / 2 - 1;
	unsigned int base = symbol < 2 ? symbol + 1 : ((2 + symbol % 2) << extra) + 1;

	return symbol < MAX_DISTANCES ? base << HUFFMAN_VALUE_SHIFT | extra : HUFFMAN_INVALID;
}

static int build(
	struct inflate *s, const uint8_t *lengths, unsigned int literals, unsigned int distances)
{
	if (!huffman_build(s->literals, INFLATE_LITERAL_ENTRIES, INFLATE_LITERAL_ROOT, lengths,
		    literals, true, literal_meaning))
		return inflate_malformed(s, "bad literal code");
	if (!huffman_build(s->distances, INFLATE_DISTANCE_ENTRIES, INFLATE_DISTANCE_ROOT,
		    lengths + literals, distances, true, distance_meaning))
		return inflate_malformed(s, "bad distance code");
	return 0;
}

int inflate_fixed_codes(struct inflate *s)
{
	uint8_t lengths[HUFFMAN_MAX_SYMBOLS + 32];

	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	memset(lengths + 288, 5, 32);
	return build(s, lengths, 288, 32);
}

/* The code in which the lengths of the other two codes are written. */
static int length_code(
	struct inflate *s, unsigned int count, uint32_t table[static 1 << LENGTHS_ROOT])
{
	static const uint8_t order[CODE_LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3,
		13, 2, 14, 1, 15 };
	uint8_t lengths[CODE_LENGTHS] = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		uint32_t length;
		int r = inflate_take(s, 3, &length);

		if (r)
			return r;
		lengths[order[i]] = (uint8_t)length;
	}
	if (!huffman_build(table, 1 << LENGTHS_ROOT, LENGTHS_ROOT, lengths, CODE_LENGTHS, false,
		    length_code_meaning))
		return inflate_malformed(s, "bad code of code lengths");
	return 0;
}

/* Reads one symbol of that code: a length, or how often to repeat which. */
static int code_length(struct inflate *s, const uint32_t *table, uint8_t previous,
	uint8_t *ret_length, uint32_t *ret_count)
{
	static const uint8_t extra[] = { 2, 3, 7 }, base[] = { 3, 3, 11 };
	uint32_t entry, symbol;
	int r = inflate_refill(s);

	if (r)
		return r;
	entry = table[s->bits & ((1 << LENGTHS_ROOT) - 1)];
	symbol = entry >> HUFFMAN_VALUE_SHIFT;
	r = inflate_drop(s, huffman_total_bits(entry));
	if (r)
		return r;
	if (symbol < 16) {
		*ret_length = (uint8_t)symbol;
		*ret_count = 1;
		return 0;
	}
	r = inflate_take(s, extra[symbol - 16], ret_count);
	if (r)
		return r;
	*ret_length = symbol == 16 ? previous : 0;
	*ret_count += base[symbol - 16];
	return 0;
}

/* RFC 1951 section 3.2.7 */
int inflate_dynamic_codes(struct inflate *s)
{
	uint32_t table[1 << LENGTHS_ROOT], head, count;
	uint8_t lengths[MAX_LITERALS + MAX_DISTANCES], length;
	unsigned int literals, distances;
	int r = inflate_take(s, 14, &head);

	if (r)
		return r;
	literals = (head & 31) + 257;
	distances = (head >> 5 & 31) + 1;
	if (literals > MAX_LITERALS || distances > MAX_DISTANCES)
		return inflate_malformed(s, "too many codes");
	r = length_code(s, (head >> 10) + 4, table);
	if (r)
		return r;
	for (unsigned int i = 0; i < literals + distances; i += count) {
		/* 255 is no length: the first symbol must not repeat the one before it. */
		r = code_length(s, table, i > 0 ? lengths[i - 1] : UINT8_MAX, &length, &count);
		if (r)
			return r;
		if (length == UINT8_MAX || count > literals + distances - i)
			return inflate_malformed(s, "bad repeat of code lengths");
		memset(lengths + i, length, count);
	}
	if (lengths[END_OF_BLOCK] == 0)
		return inflate_malformed(s, "no code for the end of a block");
	return build(s, lengths, literals, distances);
}
