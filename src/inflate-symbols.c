// SPDX-License-Identifier: Apache-2.0
// Literals and matches. Two loops decode the same tables: a fast one while input and room are plenty,
// and a careful one, symbol by symbol, for the ends of the pieces of input and of the buffer.

#include <string.h>

#include "bytes.h"
#include "inflate-internal.h"

#define MAX_MATCH 258
#define COPY 16 /* bytes that the fast loop copies at a time */

/* What one turn of the fast loop reads, and writes: three literals, a match and the copies' excess. */
#define FAST_INPUT 16
#define FAST_OUTPUT (3 + MAX_MATCH + 2 * COPY)

/* One symbol of a code, the extra bits of which are added to its value. */
static int careful_symbol(struct inflate *s, const uint32_t *table, unsigned int root, uint32_t *ret_entry,
	uint32_t *ret_value)
{
	uint32_t entry = table[s->bits & ((1u << root) - 1)];
	unsigned int code, extra;
	int r;

	if ((entry & HUFFMAN_LITERAL) == 0 && huffman_is(entry, HUFFMAN_SUBTABLE)) {
		unsigned int bits = huffman_code_bits(entry);

		r = inflate_drop(s, root);
		if (r)
			return r;
		entry = table[(entry >> HUFFMAN_VALUE_SHIFT) + (s->bits & ((1u << bits) - 1))];
	}
	if ((entry & HUFFMAN_LITERAL) == 0 && huffman_is(entry, HUFFMAN_INVALID))
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

/* A literal, a match or the end of the block, which the two loops report through *ret_end. */
static int careful_step(struct inflate *s, bool *ret_end)
{
	uint32_t entry, value;
	int r = inflate_refill(s);

	if (r)
		return r;
	r = careful_symbol(s, s->literals, INFLATE_LITERAL_ROOT, &entry, &value);
	if (r)
		return r;
	if ((entry & HUFFMAN_LITERAL) != 0) {
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
 * Copies length bytes from distance bytes back, and up to 2 * COPY more. A near source repeats itself:
 * each copy doubles the stretch that is known to repeat, until it is as long as one copy.
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

/* Base plus extra bits of the symbol whose entry was looked up in bits. */
static inline uint32_t fast_value(uint32_t entry, uint64_t bits)
{
	uint64_t mine = bits & ~(UINT64_MAX << (entry & 63));

	return (entry >> HUFFMAN_VALUE_SHIFT) + (uint32_t)(mine >> huffman_code_bits(entry));
}

#define REFILL()                                                                                   \
	do {                                                                                       \
		bits |= get_le64(in) << count;                                                     \
		in += (63 - count) >> 3;                                                           \
		count |= 56;                                                                       \
	} while (0)
#define DROP(entry)                                                                                \
	do {                                                                                       \
		bits >>= (entry) & 63;                                                             \
		count -= huffman_total_bits(entry);                                                \
	} while (0)
#define LOOK_UP(table, root) ((table)[bits & ((1u << (root)) - 1)])
#define LOOK_UP_REST(table, entry)                                                                 \
	((table)[((entry) >> HUFFMAN_VALUE_SHIFT) + (bits & ((1u << huffman_code_bits(entry)) - 1))])

/*
 * At least 56 bits after a refill: enough for three literals of the first table (30) and a length (20).
 */
static int fast_symbols(struct inflate *s, bool *ret_end)
{
	const uint8_t *in = s->in, *in_stop = s->in_end - FAST_INPUT;
	uint8_t *out = s->out, *out_stop = s->out_end - FAST_OUTPUT;
	uint64_t bits = s->bits;
	unsigned int count = s->bit_count;
	const char *wrong = NULL;

	while (in <= in_stop && out <= out_stop) {
		uint32_t entry, length, distance;

		REFILL();
		entry = LOOK_UP(s->literals, INFLATE_LITERAL_ROOT);
		for (int i = 0; i < 3 && (entry & HUFFMAN_LITERAL); i++) {
			*out++ = (uint8_t)(entry >> HUFFMAN_VALUE_SHIFT);
			DROP(entry);
			entry = LOOK_UP(s->literals, INFLATE_LITERAL_ROOT);
		}
		if (entry & HUFFMAN_LITERAL)
			continue;
		if (entry & HUFFMAN_RARE) {
			if (huffman_is(entry, HUFFMAN_SUBTABLE)) {
				DROP(entry);
				entry = LOOK_UP_REST(s->literals, entry);
				if (entry & HUFFMAN_LITERAL) {
					*out++ = (uint8_t)(entry >> HUFFMAN_VALUE_SHIFT);
					DROP(entry);
					continue;
				}
			}
			if (huffman_is(entry, HUFFMAN_END)) {
				DROP(entry);
				*ret_end = true;
				break;
			}
			if (huffman_is(entry, HUFFMAN_INVALID)) {
				wrong = "a code without a meaning";
				break;
			}
		}
		length = fast_value(entry, bits);
		DROP(entry);
		REFILL();
		entry = LOOK_UP(s->distances, INFLATE_DISTANCE_ROOT);
		if (entry & HUFFMAN_RARE) {
			if (huffman_is(entry, HUFFMAN_SUBTABLE)) {
				DROP(entry);
				entry = LOOK_UP_REST(s->distances, entry);
			}
			if (huffman_is(entry, HUFFMAN_INVALID)) {
				wrong = "a code without a meaning";
				break;
			}
		}
		distance = fast_value(entry, bits);
		DROP(entry);
		if (distance > (size_t)(out - s->out_start)) {
			wrong = "a distance beyond the start";
			break;
		}
		fast_copy(out, length, distance);
		out += length;
	}
	s->in = in;
	s->out = out;
	s->bits = bits & ((UINT64_C(1) << count) - 1);
	s->bit_count = count;
	return wrong ? inflate_malformed(s, wrong) : 0;
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
