// SPDX-License-Identifier: Apache-2.0
// The gzip decoder against zlib: what zlib packs comes out again, and of what zlib refuses nothing
// is taken. Every input is read in pieces of several sizes, since both loops of the decoder must
// agree.

#include "inflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "error.h"
#include "test.h"

#define GZIP_WINDOW (15 + 16) /* zlib.h, deflateInit2: the largest window, gzip framing */
#define SIZE 120000

struct pieces {
	const uint8_t *data;
	size_t left, piece;
};

static int next_piece(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	struct pieces *p = context;
	size_t size = p->left < p->piece ? p->left : p->piece;

	*ret_data = p->data;
	*ret_size = size;
	p->data += size;
	p->left -= size;
	return 0;
}

/* Buffers have exactly their size, so that the sanitizer sees a byte too many. */
struct bytes {
	uint8_t *data;
	size_t size;
};

static struct bytes bytes_of(size_t size)
{
	return (struct bytes){ malloc(size + (size == 0)), size };
}

static int unpack(
	const struct bytes *packed, size_t piece, struct bytes *out, struct inflate_result *ret)
{
	struct pieces context = { packed->data, packed->size, piece };
	struct inflate_source source = { next_piece, &context };

	return inflate_gzip(&source, out->data, out->size, ret);
}

static struct bytes pack(const struct bytes *plain, int level, int strategy, int memory)
{
	z_stream z = { .next_in = plain->data, .avail_in = (uInt)plain->size };
	struct bytes packed;

	deflateInit2(&z, level, Z_DEFLATED, GZIP_WINDOW, memory, strategy);
	packed = bytes_of(deflateBound(&z, plain->size) + 100);
	z.next_out = packed.data;
	z.avail_out = (uInt)packed.size;
	deflate(&z, Z_FINISH);
	packed.size = z.total_out;
	packed.data = realloc(packed.data, packed.size);
	deflateEnd(&z);
	return packed;
}

/* Kinds of content: each makes another use of literals, lengths and distances. */
static uint32_t noise(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static void fill_zero(struct bytes *b)
{
	memset(b->data, 0, b->size);
}

static void fill_noise(struct bytes *b)
{
	for (size_t i = 0; i < b->size; i++)
		b->data[i] = (uint8_t)noise();
}

/* Few values, unevenly spread: long codes, and subtables. */
static void fill_skewed(struct bytes *b)
{
	for (size_t i = 0; i < b->size; i++) {
		uint32_t r = noise();

		b->data[i] = (uint8_t)((uint32_t)__builtin_ctz(r | 1u << 20) * 7 +
				       (r < 1u << 21 ? r & 127 : 0));
	}
}

/* Periods of 1 to 40 bytes: matches that overlap themselves, at each distance. */
static void fill_periods(struct bytes *b)
{
	size_t period = 1;

	for (size_t i = 0; i < b->size; i++) {
		if (i % 997 == 0)
			period = period % 40 + 1;
		b->data[i] = i % 997 < period ? (uint8_t)noise() : b->data[i - period];
	}
}

/* Words of a machine's code: short matches near and far. */
static void fill_words(struct bytes *b)
{
	uint32_t words[256];

	for (size_t i = 0; i < 256; i++)
		words[i] = noise() << 8 ^ noise();
	for (size_t i = 0; i + 4 <= b->size; i += 4) {
		uint32_t word = words[noise() % (noise() % 256 + 1)];

		memcpy(b->data + i, &word, 4);
	}
	memset(b->data + b->size / 4 * 4, 1, b->size % 4);
}

/* A few new bytes, then a long stretch from far back: steps that need all the bits there can be. */
static void fill_far(struct bytes *b)
{
	size_t copy = 0, distance = 1, new = 20000;

	for (size_t i = 0; i < b->size; i++) {
		if (!new && !copy) {
			new = 3 + noise() % 4;
			copy = 60 + noise() % 190;
			distance = 12000 + noise() % 7000;
		}
		b->data[i] = new ? (uint8_t)noise() : b->data[i - distance];
		if (new)
			new--;
		else
			copy--;
	}
}

static const struct {
	const char *name;
	void (*fill)(struct bytes *b);
} contents[] = {
	{ "zero", fill_zero },
	{ "noise", fill_noise },
	{ "skewed", fill_skewed },
	{ "periods", fill_periods },
	{ "words", fill_words },
	{ "far", fill_far },
};

static const size_t pieces[] = { 65536, SIZE * 2, 4096, 17, 1 };

static void agrees_with_zlib(const struct bytes *plain, const struct bytes *packed)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct bytes out = bytes_of(plain->size);
		struct inflate_result result = { .size = 1 };

		test_assert(unpack(packed, pieces[i], &out, &result) == 0);
		test_assert(result.size == plain->size && result.detail == NULL);
		test_assert(memcmp(out.data, plain->data, plain->size) == 0);
		free(out.data);
	}
}

static void inflate_levels_and_strategies(void)
{
	static const int strategies[] = { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE,
		Z_FIXED };
	struct bytes plain = bytes_of(SIZE);

	for (size_t c = 0; c < sizeof(contents) / sizeof(contents[0]); c++) {
		test_case = contents[c].name;
		contents[c].fill(&plain);
		for (int level = 0; level <= 9 && !test_failed; level++) {
			for (size_t s = 0; s < 5 && !test_failed; s++) {
				struct bytes packed =
					pack(&plain, level, strategies[s], level % 9 + 1);

				agrees_with_zlib(&plain, &packed);
				free(packed.data);
			}
		}
	}
	free(plain.data);
}

static void inflate_every_small_size(void)
{
	for (size_t size = 0; size < 700 && !test_failed; size++) {
		struct bytes plain = bytes_of(size);
		struct bytes packed;

		contents[size % 5].fill(&plain);
		packed = pack(&plain, 6, size % 2 ? Z_FIXED : Z_DEFAULT_STRATEGY, 8);
		agrees_with_zlib(&plain, &packed);
		free(packed.data);
		free(plain.data);
	}
}

/* The error for each changed file, and what to change: -1 is the end. */
static void inflate_refuses(void)
{
	static const struct {
		const char *name;
		long at; /* from the start, or from the end if negative */
		uint8_t flip;
		const char *detail;
	} cases[] = {
		{ "magic", 0, 0x01, "not a gzip file" },
		{ "method", 2, 0x01, "not a gzip file" },
		{ "header checksum", 3, 0x02, "unknown flags in the header" },
		{ "reserved flag", 3, 0x20, "unknown flags in the header" },
		{ "kind of block", 10, 0x02, "unknown kind of block" },
		{ "length", -1, 0x80, "the length in the trailer is wrong" },
		{ "checksum", -5, 0x80, "the checksum in the trailer is wrong" },
	};
	struct bytes plain = bytes_of(1000), out = bytes_of(1000), packed;
	struct inflate_result result;

	fill_words(&plain);
	packed = pack(&plain, 9, Z_DEFAULT_STRATEGY, 8);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *at = packed.data + cases[i].at + (cases[i].at < 0 ? (long)packed.size : 0);

		test_case = cases[i].name;
		*at ^= cases[i].flip;
		test_assert(unpack(&packed, 4096, &out, &result) == BB_KERNEL_GZIP);
		test_assert(strcmp(result.detail, cases[i].detail) == 0);
		*at ^= cases[i].flip;
	}
	test_case = "unchanged";
	test_assert(unpack(&packed, 4096, &out, &result) == 0);
	free(packed.data);
	free(plain.data);
	free(out.data);
}

static void inflate_refuses_every_truncation(void)
{
	struct bytes plain = bytes_of(3000), out = bytes_of(3000), packed;
	struct inflate_result result;

	fill_skewed(&plain);
	packed = pack(&plain, 9, Z_DEFAULT_STRATEGY, 8);
	for (size_t size = 0; size < packed.size; size++) {
		struct bytes cut = bytes_of(size);

		memcpy(cut.data, packed.data, size);
		test_assert(unpack(&cut, size % 100 + 1, &out, &result) == BB_KERNEL_GZIP);
		test_assert(strcmp(result.detail, "truncated") == 0);
		free(cut.data);
	}
	free(packed.data);
	free(plain.data);
	free(out.data);
}

static void inflate_refuses_what_follows(void)
{
	struct bytes plain = bytes_of(1000), out = bytes_of(4000), packed, twice;
	struct inflate_result result;

	fill_words(&plain);
	packed = pack(&plain, 9, Z_DEFAULT_STRATEGY, 8);
	twice = bytes_of(packed.size * 2);
	memcpy(twice.data, packed.data, packed.size);
	memcpy(twice.data + packed.size, packed.data, packed.size);
	test_case = "a second member";
	test_assert(unpack(&twice, 4096, &out, &result) == BB_KERNEL_GZIP);
	test_assert(strcmp(result.detail, "bytes behind the end") == 0);
	test_case = "one zero";
	twice.data[packed.size] = 0;
	twice.size = packed.size + 1;
	for (size_t piece = 1; piece <= twice.size; piece++) {
		test_assert(unpack(&twice, piece, &out, &result) == BB_KERNEL_GZIP);
		test_assert(strcmp(result.detail, "bytes behind the end") == 0);
	}
	free(packed.data);
	free(plain.data);
	free(twice.data);
	free(out.data);
}

static void inflate_keeps_its_bound(void)
{
	struct bytes plain = bytes_of(70000), packed;
	struct inflate_result result;

	for (size_t c = 0; c < sizeof(contents) / sizeof(contents[0]); c++) {
		test_case = contents[c].name;
		contents[c].fill(&plain);
		packed = pack(&plain, 6, Z_DEFAULT_STRATEGY, 8);
		for (size_t missing = 1; missing <= plain.size;
			missing += missing < 700 ? 1 : 997) {
			struct bytes out = bytes_of(plain.size - missing);

			test_assert(unpack(&packed, 4096, &out, &result) == BB_KERNEL_TOO_BIG);
			test_assert(result.size <= out.size && result.detail != NULL);
			free(out.data);
		}
		free(packed.data);
	}
	free(plain.data);
}

static void inflate_skips_header_fields(void)
{
	static const uint8_t fields[] = { 0x1f, 0x8b, 8, 0x1d, 0, 0, 0, 0, 0,
		3, /* extra, name, comment */
		5, 0, 'e', 'x', 't', 'r', 'a', 'I', 'm', 'a', 'g', 'e', 0, 'c', 0 };
	struct bytes plain = bytes_of(500), packed, named;

	fill_words(&plain);
	packed = pack(&plain, 9, Z_DEFAULT_STRATEGY, 8);
	named = bytes_of(packed.size - 10 + sizeof(fields));
	memcpy(named.data, fields, sizeof(fields));
	memcpy(named.data + sizeof(fields), packed.data + 10, packed.size - 10);
	agrees_with_zlib(&plain, &named);
	free(packed.data);
	free(named.data);
	free(plain.data);
}

static int broken_source(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	(void)ret_data, (void)ret_size;
	return *(int *)context;
}

static void inflate_passes_source_errors(void)
{
	int error = -5;
	struct inflate_source source = { broken_source, &error };
	struct inflate_result result;
	uint8_t out[8];

	test_assert(inflate_gzip(&source, out, sizeof(out), &result) == -5);
	test_assert(result.size == 0 && result.detail == NULL);
	error = BB_KERNEL_READ;
	test_assert(inflate_gzip(&source, out, sizeof(out), &result) == BB_KERNEL_READ);
}

#define HEADER 10
#define TRAILER 8

static void put32(uint8_t *to, unsigned long value)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/*
 * Whether zlib takes the blocks in a gzip file, whatever the trailer says. If so, the file is cut
 * behind them and gets the right trailer.
 */
static bool zlib_takes(struct bytes *packed, struct bytes *out)
{
	z_stream z = { .next_in = packed->data + HEADER,
		.avail_in = (uInt)(packed->size - HEADER) };
	bool taken;

	inflateInit2(&z, -15); /* zlib.h: without framing */
	z.next_out = out->data;
	z.avail_out = (uInt)out->size;
	taken = inflate(&z, Z_FINISH) == Z_STREAM_END;
	if (taken) {
		packed->size = HEADER + z.total_in + TRAILER;
		packed->data = realloc(packed->data, packed->size);
		put32(packed->data + HEADER + z.total_in, crc32(0, out->data, (uInt)z.total_out));
		put32(packed->data + HEADER + z.total_in + 4, z.total_out);
		out->size = z.total_out;
	}
	inflateEnd(&z);
	return taken;
}

/* Blocks with damaged bytes: zlib takes some of them, and what it takes we take, and nothing else.
 */
static void inflate_agrees_on_damage(void)
{
	struct bytes plain = bytes_of(2000), ours = bytes_of(4000);
	unsigned int taken = 0, refused = 0;

	for (int round = 0; round < 10000 && !test_failed; round++) {
		struct bytes theirs = bytes_of(4000), packed;
		struct inflate_result result;
		size_t blocks;

		contents[round % 5].fill(&plain);
		packed = pack(&plain, round % 10, round / 10 % 5, 9);
		blocks = packed.size - HEADER - TRAILER;
		packed.data[HEADER + noise() % blocks] ^= (uint8_t)(1u << noise() % 8);
		if (round % 3 == 0)
			packed.data[HEADER + noise() % (blocks < 70 ? blocks : 70)] ^=
				(uint8_t)noise();
		if (zlib_takes(&packed, &theirs)) {
			taken++;
			test_assert(unpack(&packed, noise() % 3000 + 1, &ours, &result) == 0);
			test_assert(result.size == theirs.size);
			test_assert(!memcmp(ours.data, theirs.data, theirs.size));
		} else {
			refused++;
			test_assert(unpack(&packed, noise() % 3000 + 1, &ours, &result) != 0);
		}
		free(packed.data);
		free(theirs.data);
	}
	test_assert(taken > 1000 && refused > 1000);
	free(plain.data);
	free(ours.data);
}

int main(void)
{
	test_run(inflate_levels_and_strategies);
	test_run(inflate_every_small_size);
	test_run(inflate_refuses);
	test_run(inflate_refuses_every_truncation);
	test_run(inflate_refuses_what_follows);
	test_run(inflate_keeps_its_bound);
	test_run(inflate_skips_header_fields);
	test_run(inflate_passes_source_errors);
	test_run(inflate_agrees_on_damage);
	return test_result();
}
