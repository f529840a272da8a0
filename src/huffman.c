// SPDX-License-Identifier: Apache-2.0
// Builds decoding tables from code lengths. The codes come out in the order in which DEFLATE numbers
// them; the tables are indexed by the code's bits in the order in which they arrive.

#include "huffman.h"

struct codes {
	uint16_t count[HUFFMAN_MAX_BITS + 1];
	uint16_t symbol[HUFFMAN_MAX_SYMBOLS]; /* those with a code, in the order of their codes */
	unsigned int used;
	unsigned int longest;
};

static void sort_symbols(struct codes *codes, const uint8_t *lengths, unsigned int count)
{
	uint16_t next[HUFFMAN_MAX_BITS + 2] = { 0 };

	for (unsigned int i = 0; i < count; i++)
		codes->count[lengths[i]]++;
	codes->count[0] = 0;
	for (unsigned int bits = 1; bits <= HUFFMAN_MAX_BITS; bits++) {
		next[bits + 1] = (uint16_t)(next[bits] + codes->count[bits]);
		if (codes->count[bits] != 0)
			codes->longest = bits;
	}
	codes->used = next[HUFFMAN_MAX_BITS + 1];
	for (unsigned int i = 0; i < count; i++)
		if (lengths[i] != 0)
			codes->symbol[next[lengths[i]]++] = (uint16_t)i;
}

/* How much of the code space stays unused, in codes of the longest length; negative if too many. */
static int unused_space(const struct codes *codes)
{
	int left = 1;

	for (unsigned int bits = 1; bits <= HUFFMAN_MAX_BITS; bits++) {
		left = left * 2 - codes->count[bits];
		if (left < 0)
			return left;
	}
	return left;
}

/* Adds one to a code of the given length whose bits stand in reverse order. */
static uint32_t next_code(uint32_t code, unsigned int bits)
{
	uint32_t bit = 1u << (bits - 1);

	while ((code & bit) != 0) {
		code ^= bit;
		bit >>= 1;
	}
	return code | bit;
}

/* Index bits of a subtable whose first code has `rest` bits: as many as the codes that follow fill. */
static unsigned int subtable_bits(const struct codes *codes, unsigned int root_bits, unsigned int rest,
				  unsigned int done_of_length)
{
	int left = (1 << rest) - (codes->count[root_bits + rest] - (int)done_of_length);

	while (left > 0 && root_bits + rest < codes->longest) {
		rest++;
		left = left * 2 - codes->count[root_bits + rest];
	}
	return rest;
}

static void fill(uint32_t *table, size_t size, size_t first, size_t step, uint32_t entry)
{
	for (size_t i = first; i < size; i += step)
		table[i] = entry;
}

bool huffman_build(uint32_t *table, size_t capacity, unsigned int root_bits, const uint8_t *lengths,
		   unsigned int count, bool may_be_incomplete, huffman_meaning *meaning)
{
	const size_t root_size = (size_t)1 << root_bits;
	struct codes codes = { .used = 0 };
	size_t end = root_size, sub = 0, sub_size = 0;
	unsigned int length = 0, done_of_length = 0;
	uint32_t code = 0, prefix = UINT32_MAX;

	sort_symbols(&codes, lengths, count);
	if (unused_space(&codes) != 0) {
		if (unused_space(&codes) < 0 || codes.longest > 1 || !may_be_incomplete)
			return false;
		fill(table, root_size, 0, 1, HUFFMAN_INVALID);
	}
	for (unsigned int i = 0; i < codes.used; i++) {
		unsigned int symbol = codes.symbol[i], rest;
		uint32_t entry = meaning(symbol);

		if (lengths[symbol] != length) {
			length = lengths[symbol];
			done_of_length = 0;
		}
		if (length <= root_bits) {
			fill(table, root_size, code, (size_t)1 << length, entry + length * 0x101);
		} else {
			rest = length - root_bits;
			if ((code & (root_size - 1)) != prefix) {
				unsigned int bits = subtable_bits(&codes, root_bits, rest, done_of_length);

				prefix = code & (uint32_t)(root_size - 1);
				sub = end;
				sub_size = (size_t)1 << bits;
				end += sub_size;
				if (end > capacity)
					return false;
				table[prefix] = HUFFMAN_SUBTABLE | (uint32_t)sub << HUFFMAN_VALUE_SHIFT |
						bits << 8 | root_bits;
			}
			fill(table + sub, sub_size, code >> root_bits, (size_t)1 << rest,
			     entry + rest * 0x101);
		}
		done_of_length++;
		if (i + 1 < codes.used)
			code = next_code(code, length);
	}
	return true;
}
