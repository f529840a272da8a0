// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: the gzip decoder, beside zlib. The input's first byte gives the size of the pieces in
 * which the rest is read, the second the size of the buffer; the answer must not depend on the pieces.
 */

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../../src/crc32.c"
#include "../../src/huffman.c"
#include "../../src/inflate-codes.c"
#include "../../src/inflate-symbols.c"
#include "../../src/inflate.c"

#define CAPACITY 100000

struct pieces {
	const uint8_t *data;
	size_t left, piece;
};

static int next_fuzz_piece(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	struct pieces *p = context;
	size_t size = p->left < p->piece ? p->left : p->piece;

	*ret_data = p->data;
	*ret_size = size;
	p->data += size;
	p->left -= size;
	return 0;
}

static int unpack(const uint8_t *data, size_t size, size_t piece, uint8_t *out, size_t capacity,
	struct inflate_result *ret)
{
	struct pieces pieces = { data, size, piece };

	return inflate_gzip(
		&(struct inflate_source){ next_fuzz_piece, &pieces }, out, capacity, ret);
}

/* What zlib makes of it: bits as in inflateInit2(). Returns zlib's status; *ret_left: what follows. */
static int zlib_unpack(const uint8_t *data, size_t size, int bits, uint8_t *out, size_t capacity,
	size_t *ret_size, size_t *ret_left)
{
	z_stream stream = { .next_in = (uint8_t *)(uintptr_t)data, .avail_in = (unsigned int)size,
		.next_out = out, .avail_out = (unsigned int)capacity };
	int status;

	if (inflateInit2(&stream, bits) != Z_OK)
		abort();
	status = inflate(&stream, Z_FINISH);
	*ret_size = capacity - stream.avail_out;
	*ret_left = stream.avail_in;
	inflateEnd(&stream);
	return status;
}

static void compare(const uint8_t *data, size_t size, int r, const struct inflate_result *result,
	const uint8_t *out, size_t capacity)
{
	uint8_t *other = malloc(capacity + 1);
	size_t other_size, left;
	/* A checksum of the header, which gzip never writes, is refused. */
	bool whole, has_header_crc = size > 3 && data[3] & 2;

	if (!other)
		abort();
	/* One byte more than there may be: zlib says that it wants room when nothing is left to put there. */
	whole = zlib_unpack(data, size, 16 + MAX_WBITS, other, capacity + 1, &other_size, &left) ==
			Z_STREAM_END && !left && other_size <= capacity;
	if (whole != (r == 0) && !(whole && has_header_crc))
		abort();
	if (!r && (other_size != result->size || memcmp(out, other, other_size) != 0))
		abort();
	free(other);
}

/* The input as deflated data, in a gzip file whose checksum and length are right. */
static void check_body(const uint8_t *data, size_t size, uint8_t *out, size_t capacity)
{
	static const uint8_t header[10] = { 0x1f, 0x8b, 8 };
	uint8_t *other = malloc(capacity + 1), *file = malloc(sizeof(header) + size + 8);
	struct inflate_result result;
	size_t other_size, left, body;
	int r;

	if (!other || !file)
		abort();
	if (zlib_unpack(data, size, -MAX_WBITS, other, capacity + 1, &other_size, &left) == Z_STREAM_END) {
		body = size - left;
		memcpy(file, header, sizeof(header));
		memcpy(file + sizeof(header), data, body);
		put_le32(file + sizeof(header) + body,
			(uint32_t)crc32(0, other, (unsigned int)other_size));
		put_le32(file + sizeof(header) + body + 4, (uint32_t)other_size);
		r = unpack(file, sizeof(header) + body + 8, 7, out, capacity, &result);
		if (r != (other_size > capacity ? BB_KERNEL_TOO_BIG : 0))
			abort();
		if (!r && (result.size != other_size || memcmp(out, other, other_size) != 0))
			abort();
	}
	free(other);
	free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inflate_result whole = { 0, NULL }, split = { 0, NULL };
	size_t capacity, piece;
	uint8_t *a, *b;
	int r;

	if (size < 2)
		return 0;
	piece = data[0] + 1u;
	capacity = data[1] < 128 ? CAPACITY : data[1] * 20u;
	a = malloc(capacity);
	b = malloc(capacity);
	r = unpack(data + 2, size - 2, size, a, capacity, &whole);
	if (unpack(data + 2, size - 2, piece, b, capacity, &split) != r || whole.size > capacity)
		abort();
	if (r == 0 && (whole.size != split.size || memcmp(a, b, whole.size) != 0))
		abort();
	if ((r != 0) != (whole.detail != NULL) || (r != 0) != (split.detail != NULL))
		abort();
	compare(data + 2, size - 2, r, &whole, a, capacity);
	check_body(data + 2, size - 2, b, capacity);
	free(a);
	free(b);
	return 0;
}
