// SPDX-License-Identifier: Apache-2.0
// Literals and matches. Two loops decode the same tables: a fast one while input and room are
// plenty, and a careful one, symbol by symbol, for the ends of the pieces of input and of the
// buffer.

#include <string.h>

#include "bytes.h"
#include "inflate-internal.h"

#define MAX_MATCH 258
#define DISTANCE_BITS 28 /* a code of 15, and 13 more */
#define COPY 16 /* bytes that the fast loop copies at a time */

/* What one step of the fast loop reads, and writes: three literals, a match, the copies' excess. */
#define FAST_INPUT 16
#define FAST_OUTPUT (3 + MAX_MATCH + 2 * COPY)

/* One symbol of a code, the extra bits of which are added to its value. */
static int careful_symbol(struct inflate *s, const uint32_t *table, unsigned int root,
	uint32_t *ret_entry, uint32_t *ret_value)
{
	uint32_t entry = table[s->bits & ((1u << root) - 1)];
	unsigned int code, extra;

	if (huffman_is(entry, HUFFMAN_SUBTABLE)) {
		unsigned int bits = huffman_code_bits(entry);
		int r = inflate_drop(s, root);

		if (r)
			return r;
		entry = table[(entry >> HUFFMAN_VALUE_SHIFT) + (s->bits & ((1u << bits) - 1))];
	}
	if (huffman_is(entry, HUFFMAN_INVALID))
		return inflate_malformed(s, "a code without a meaning");
	code = huffman_code_bits(entry);
	extra = huffman_total_bits(entry) - code;
	*ret_entry = entry;
	*ret_value = (entry >> HUFFMAN_VALUE_SHIFT & 0x7fff) +
		     (uint32_t)(s->bits >> code & ((1u << extra) - 1));
	return inflate_drop(s, code + extra);
}

static int careful_match(struct inflate *s, uint32_t length)
{
	uint32_t entry, distance;
	int r = careful_symbol(s, s->distances, INFLATE_DISTANCE_ROOT, &entry, &distance);

	if (r)
		return r;
	if (distance > (size_t)(s->out - s->out_start))
		return inflate_malformed(s, "a distance beyond the start");
	if (length > (size_t)(s->out_end - s->out))
		return inflate_too_big(s);
	for (; length > 0; length--, s->out++)
		*s->out = s->out[-(ptrdiff_t)distance];
	return 0;
}

/* A literal, a match, or the end of the block. */
static int careful_step(struct inflate *s, bool *ret_end)
{
	uint32_t entry, value;
	int r = inflate_refill(s);

	if (r)
		return r;
	r = careful_symbol(s, s->literals, INFLATE_LITERAL_ROOT, &entry, &value);
	if (r)
		return r;
	if (entry & HUFFMAN_LITERAL) {
		if (s->out == s->out_end)
			return inflate_too_big(s);
		*s->out++ = (uint8_t)value;
		return 0;
	}
	if (huffman_is(entry, HUFFMAN_END)) {
		*ret_end = true;
		return 0;
	}
	return careful_match(s, value);
}

static inline void copy16(uint8_t *to, const uint8_t *from)
{
	uint64_t word[2];

	memcpy(word, from, sizeof(word));
	memcpy(to, word, sizeof(word));
}

/*
 * Copies length bytes from distance bytes back, and up to 2 * COPY more. A near source repeats
 * itself: each copy doubles the stretch that is known to repeat, until it is as long as one copy.
 */
static inline void fast_copy(uint8_t *out, uint32_t length, uint32_t distance)
{
	const uint8_t *end = out + length;

	while (distance < COPY) {
		copy16(out, out - distance);
		out += distance;
		distance *= 2;
	}
	while (out < end) {
		copy16(out, out - distance);
		out += COPY;
	}
}

/* The part of the state that the fast loop works on, kept in registers. */
struct fast {
	const uint8_t *in;
	uint8_t *out;
	uint64_t bits; /* those above count are what comes next in the input, or zero */
	unsigned int count;
};

enum step { STEP_MORE, STEP_END, STEP_BAD_CODE, STEP_BAD_DISTANCE };

/* At least 56 bits: three literals of the first table (30) and a length (20), or a distance. */
static inline void fast_refill(struct fast *f)
{
	f->bits |= get_le64(f->in) << f->count;
	f->in += (63 - f->count) >> 3;
	f->count |= 56;
}

static inline void fast_drop(struct fast *f, uint32_t entry)
{
	f->bits >>= entry & 63;
	f->count -= huffman_total_bits(entry);
}

static inline uint32_t fast_look_up(
	const struct fast *f, const uint32_t *table, unsigned int index_bits)
{
	return table[f->bits & ((1u << index_bits) - 1)];
}

static inline uint32_t fast_subtable(struct fast *f, const uint32_t *table, uint32_t entry)
{
	fast_drop(f, entry);
	return fast_look_up(f, table + (entry >> HUFFMAN_VALUE_SHIFT), huffman_code_bits(entry));
}

static inline void fast_literal(struct fast *f, uint32_t entry)
{
	*f->out++ = (uint8_t)(entry >> HUFFMAN_VALUE_SHIFT);
	fast_drop(f, entry);
}

/* Takes off a symbol and its extra bits, and adds those to its base. */
static inline uint32_t fast_value(struct fast *f, uint32_t entry)
{
	uint64_t own = f->bits & ~(UINT64_MAX << (entry & 63));

	fast_drop(f, entry);
	return (entry >> HUFFMAN_VALUE_SHIFT) + (uint32_t)(own >> huffman_code_bits(entry));
}

static inline enum step fast_match(struct fast *f, const struct inflate *s, uint32_t entry)
{
	uint32_t length = fast_value(f, entry), distance;

	if (f->count < DISTANCE_BITS)
		fast_refill(f);
	entry = fast_look_up(f, s->distances, INFLATE_DISTANCE_ROOT);
	if (entry & HUFFMAN_RARE) {
		if (huffman_is(entry, HUFFMAN_SUBTABLE))
			entry = fast_subtable(f, s->distances, entry);
		if (huffman_is(entry, HUFFMAN_INVALID))
			return STEP_BAD_CODE;
	}
	distance = fast_value(f, entry);
	if (distance > (size_t)(f->out - s->out_start))
		return STEP_BAD_DISTANCE;
	fast_copy(f->out, length, distance);
	f->out += length;
	return STEP_MORE;
}

/* Up to three literals, and a match if they are fewer or it follows them. */
static inline enum step fast_step(struct fast *f, const struct inflate *s)
{
	uint32_t entry;

	fast_refill(f);
	entry = fast_look_up(f, s->literals, INFLATE_LITERAL_ROOT);
#pragma GCC unroll 3
	for (int i = 0; i < 3 && entry & HUFFMAN_LITERAL; i++) {
		fast_literal(f, entry);
		entry = fast_look_up(f, s->literals, INFLATE_LITERAL_ROOT);
	}
	if (entry & HUFFMAN_LITERAL)
		return STEP_MORE;
	if (entry & HUFFMAN_RARE) {
		if (huffman_is(entry, HUFFMAN_SUBTABLE))
			entry = fast_subtable(f, s->literals, entry);
		if (entry & HUFFMAN_LITERAL) {
			fast_literal(f, entry);
			return STEP_MORE;
		}
		if (huffman_is(entry, HUFFMAN_INVALID))
			return STEP_BAD_CODE;
		if (huffman_is(entry, HUFFMAN_END)) {
			fast_drop(f, entry);
			return STEP_END;
		}
	}
	return fast_match(f, s, entry);
}

static int fast_symbols(struct inflate *s, bool *ret_end)
{
	const uint8_t *in_stop = s->in_end - FAST_INPUT, *out_stop = s->out_end - FAST_OUTPUT;
	struct fast f = { s->in, s->out, s->bits, s->bit_count };
	enum step step = STEP_MORE;

	while (step == STEP_MORE && f.in <= in_stop && f.out <= out_stop)
		step = fast_step(&f, s);
	s->in = f.in;
	s->out = f.out;
	s->bits = f.bits & ((UINT64_C(1) << f.count) - 1);
	s->bit_count = f.count;
	*ret_end = step == STEP_END;
	if (step == STEP_BAD_CODE)
		return inflate_malformed(s, "a code without a meaning");
	if (step == STEP_BAD_DISTANCE)
		return inflate_malformed(s, "a distance beyond the start");
	return 0;
}

int inflate_symbols(struct inflate *s)
{
	bool end = false;
	int r = 0;

	while (!r && !end) {
		if (s->in_end - s->in >= FAST_INPUT && s->out_end - s->out >= FAST_OUTPUT)
			r = fast_symbols(s, &end);
		else
			r = careful_step(s, &end);
	}
	return r;
}
