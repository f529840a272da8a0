// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the gzip decoder. The input's first byte gives the size of the pieces in which the
// rest is read, the second the size of the buffer; the answer must not depend on the pieces.

#include <stdlib.h>
#include <string.h>

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
	free(a);
	free(b);
	return 0;
}
