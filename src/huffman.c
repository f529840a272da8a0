// SPDX-License-Identifier: Apache-2.0
// Builds decoding tables from code lengths. The codes come out in the order in which DEFLATE
// numbers them; the tables are indexed by the code's bits in the order in which they arrive.

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

/* How much of the code space the codes leave unused; negative if they are too many. */
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

/* Adds one to a code of the given length whose bits stand in reverse order; the last becomes 0. */
static uint32_t next_code(uint32_t code, unsigned int bits)
{
	uint32_t bit = 1u << (bits - 1);

	while (code & bit) {
		code ^= bit;
		bit >>= 1;
	}
	return code | bit;
}

static void fill(uint32_t *table, size_t size, size_t first, size_t step, uint32_t entry)
{
	for (size_t i = first; i < size; i += step)
		table[i] = entry;
}

/* A table under construction, and in it the subtable for the codes that begin with prefix. */
struct table {
	uint32_t *entries;
	size_t capacity, end;
	unsigned int root_bits;
	uint32_t prefix;
	uint32_t *sub;
	size_t sub_size;
};

/*
 * A subtable for codes of this length and longer ones, as many of them as it takes until none is
 * left that begins with the same prefix. codes->count is of those that are not in the table yet.
 */
static bool open_subtable(
	struct table *t, const struct codes *codes, uint32_t prefix, unsigned int length)
{
	unsigned int bits = length - t->root_bits;
	int left = (1 << bits) - codes->count[length];

	while (left > 0 && length < codes->longest) {
		bits++;
		left = left * 2 - codes->count[++length];
	}
	t->prefix = prefix;
	t->sub_size = (size_t)1 << bits;
	if (t->sub_size > t->capacity - t->end)
		return false;
	t->sub = t->entries + t->end;
	t->entries[prefix] = HUFFMAN_SUBTABLE | (uint32_t)t->end << HUFFMAN_VALUE_SHIFT |
			     bits << 8 | t->root_bits;
	t->end += t->sub_size;
	return true;
}

/* Puts in one code; the entry lacks its length. */
static bool add(
	struct table *t, struct codes *codes, uint32_t code, unsigned int length, uint32_t entry)
{
	uint32_t prefix = code & ((1u << t->root_bits) - 1);

	if (length <= t->root_bits) {
		fill(t->entries, (size_t)1 << t->root_bits, code, (size_t)1 << length,
			entry + length * 0x101);
	} else {
		unsigned int rest = length - t->root_bits;

		if (prefix != t->prefix && !open_subtable(t, codes, prefix, length))
			return false;
		fill(t->sub, t->sub_size, code >> t->root_bits, (size_t)1 << rest,
			entry + rest * 0x101);
	}
	codes->count[length]--;
	return true;
}

bool huffman_build(uint32_t *table, size_t capacity, unsigned int root_bits, const uint8_t *lengths,
	unsigned int count, bool may_be_incomplete, huffman_meaning *meaning)
{
	struct table t = { .entries = table, .capacity = capacity, .root_bits = root_bits };
	struct codes codes = { .used = 0 };
	uint32_t code = 0;
	int unused;

	t.end = (size_t)1 << root_bits;
	t.prefix = UINT32_MAX;
	sort_symbols(&codes, lengths, count);
	unused = unused_space(&codes);
	if (unused < 0 || (unused > 0 && (!may_be_incomplete || codes.longest > 1)))
		return false;
	if (unused > 0)
		fill(table, t.end, 0, 1, HUFFMAN_INVALID);
	for (unsigned int i = 0; i < codes.used; i++) {
		unsigned int symbol = codes.symbol[i], length = lengths[symbol];

		if (!add(&t, &codes, code, length, meaning(symbol)))
			return false;
		code = next_code(code, length);
	}
	return true;
}
