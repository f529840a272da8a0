// SPDX-License-Identifier: Apache-2.0
// A strict DER reader; see der.h.

#include "der.h"

#include <string.h>

/* Signatures are smaller than 64 KiB: two length bytes do. */
#define LENGTH_BYTES_MAX 2

/* The tag number 31 announces further tag bytes, which no structure read here has. */
#define TAG_NUMBER_MASK 0x1f

/* Reads the length at in->data[1]; yields how many bytes tag and length take. */
static bool read_length(const struct der *in, size_t *ret_head, size_t *ret_length)
{
	size_t count, length = 0;

	if (in->size < 2)
		return false;
	if (in->data[1] < 0x80) {
		*ret_head = 2;
		*ret_length = in->data[1];
		return true;
	}
	count = in->data[1] & 0x7f; /* 0 is the indefinite form */
	if (count == 0 || count > LENGTH_BYTES_MAX || in->size < 2 + count)
		return false;
	for (size_t i = 0; i < count; i++)
		length = length << 8 | in->data[2 + i];
	if (length < (count == 1 ? 0x80 : 0x100)) /* a shorter form exists */
		return false;
	*ret_head = 2 + count;
	*ret_length = length;
	return true;
}

bool der_read_any(struct der *in, uint8_t *ret_tag, struct der *ret_content)
{
	size_t head, length;

	if (!read_length(in, &head, &length) || length > in->size - head)
		return false;
	if ((in->data[0] & TAG_NUMBER_MASK) == TAG_NUMBER_MASK)
		return false;
	*ret_tag = in->data[0];
	*ret_content = (struct der){ in->data + head, length };
	in->data += head + length;
	in->size -= head + length;
	return true;
}

bool der_peek(const struct der *in, uint8_t tag)
{
	return in->size > 0 && in->data[0] == tag;
}

bool der_read(struct der *in, uint8_t tag, struct der *ret_content)
{
	uint8_t found;

	return der_peek(in, tag) && der_read_any(in, &found, ret_content);
}

bool der_skip(struct der *in, uint8_t tag)
{
	struct der ignored;

	return der_read(in, tag, &ignored);
}

bool der_equal(const struct der *a, const struct der *b)
{
	return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

bool der_is(const struct der *content, const uint8_t *bytes, size_t size)
{
	return der_equal(content, &(struct der){ bytes, size });
}
