// SPDX-License-Identifier: Apache-2.0
// The gzip file: its header, its blocks, its trailer, and the bits of which they are made.

#include <string.h>

#include "crc32.h"
#include "error.h"
#include "inflate-internal.h"

/* RFC 1952 section 2.3.1. A header checksum is refused: no program writes one. */
#define GZIP_ID 0x8b1f
#define GZIP_DEFLATE 8
#define FLAG_TEXT 0x01
#define FLAG_EXTRA 0x04
#define FLAG_NAME 0x08
#define FLAG_COMMENT 0x10
#define FLAGS_KNOWN (FLAG_TEXT | FLAG_EXTRA | FLAG_NAME | FLAG_COMMENT)

int inflate_malformed(struct inflate *s, const char *detail)
{
	s->detail = detail;
	return BB_KERNEL_GZIP;
}

int inflate_too_big(struct inflate *s)
{
	s->detail = "inflates to more than the bound";
	return BB_KERNEL_TOO_BIG;
}

static void sum(struct inflate *s)
{
	s->crc = crc32_update(s->crc, s->summed, (size_t)(s->out - s->summed));
	s->summed = s->out;
}

/* The checksum is brought up to date piece by piece, while the output is still in the cache. */
static int next_piece(struct inflate *s)
{
	size_t size = 0;
	int r;

	sum(s);
	r = s->source->next(s->source->context, &s->in, &size);
	if (r) {
		s->in = s->in_end;
		return r;
	}
	s->in_end = s->in + size;
	s->in_ended = size == 0;
	return 0;
}

/* Takes in at least 48 bits, which is a whole match, or all that is left. */
int inflate_refill(struct inflate *s)
{
	while (s->bit_count < 48) {
		if (s->in == s->in_end) {
			int r;

			if (s->in_ended)
				return 0;
			r = next_piece(s);
			if (r)
				return r;
			continue;
		}
		s->bits |= (uint64_t)*s->in++ << s->bit_count;
		s->bit_count += 8;
	}
	return 0;
}

int inflate_drop(struct inflate *s, unsigned int count)
{
	if (count > s->bit_count)
		return inflate_malformed(s, "truncated");
	s->bits >>= count;
	s->bit_count -= count;
	return 0;
}

/* count <= 32 */
int inflate_take(struct inflate *s, unsigned int count, uint32_t *ret)
{
	int r = inflate_refill(s);

	if (r)
		return r;
	*ret = (uint32_t)(s->bits & ((UINT64_C(1) << count) - 1));
	return inflate_drop(s, count);
}

static int stored_block(struct inflate *s)
{
	uint32_t lengths;
	size_t left;
	int r;

	(void)inflate_drop(s, s->bit_count % 8);
	r = inflate_take(s, 32, &lengths);
	if (r)
		return r;
	left = lengths & 0xffff;
	if ((left ^ lengths >> 16) != 0xffff)
		return inflate_malformed(s, "bad length of a stored block");
	if (left > (size_t)(s->out_end - s->out))
		return inflate_too_big(s);
	for (; left > 0 && s->bit_count > 0; left--) {
		*s->out++ = (uint8_t)s->bits;
		(void)inflate_drop(s, 8);
	}
	while (left > 0) {
		size_t size = (size_t)(s->in_end - s->in);

		if (size == 0) {
			if (s->in_ended)
				return inflate_malformed(s, "truncated");
			r = next_piece(s);
			if (r)
				return r;
			continue;
		}
		if (size > left)
			size = left;
		memcpy(s->out, s->in, size);
		s->out += size;
		s->in += size;
		left -= size;
	}
	return 0;
}

static int blocks(struct inflate *s)
{
	uint32_t head;
	int r;

	do {
		r = inflate_take(s, 3, &head);
		if (r)
			return r;
		switch (head >> 1) {
		case 0: r = stored_block(s); break;
		case 1:
			r = inflate_fixed_codes(s);
			if (!r)
				r = inflate_symbols(s);
			break;
		case 2:
			r = inflate_dynamic_codes(s);
			if (!r)
				r = inflate_symbols(s);
			break;
		default: r = inflate_malformed(s, "unknown kind of block");
		}
	} while (!r && !(head & 1));
	return r;
}

static int skip_bytes(struct inflate *s, uint32_t count)
{
	uint32_t ignored;
	int r = 0;

	for (; !r && count > 0; count--)
		r = inflate_take(s, 8, &ignored);
	return r;
}

static int skip_string(struct inflate *s)
{
	uint32_t c = 1;
	int r = 0;

	while (!r && c)
		r = inflate_take(s, 8, &c);
	return r;
}

static int header(struct inflate *s)
{
	uint32_t id, flags, extra;
	int r = inflate_take(s, 24, &id);

	if (r)
		return r;
	if (id != (GZIP_ID | GZIP_DEFLATE << 16))
		return inflate_malformed(s, "not a gzip file");
	r = inflate_take(s, 8, &flags);
	if (r)
		return r;
	if (flags & ~(uint32_t)FLAGS_KNOWN)
		return inflate_malformed(s, "unknown flags in the header");
	r = skip_bytes(s, 6); /* time, compression level, operating system */
	if (!r && flags & FLAG_EXTRA) {
		r = inflate_take(s, 16, &extra);
		if (!r)
			r = skip_bytes(s, extra);
	}
	if (!r && flags & FLAG_NAME)
		r = skip_string(s);
	if (!r && flags & FLAG_COMMENT)
		r = skip_string(s);
	return r;
}

static int trailer(struct inflate *s)
{
	uint32_t crc, size;
	int r = inflate_drop(s, s->bit_count % 8);

	if (!r)
		r = inflate_take(s, 32, &crc);
	if (!r)
		r = inflate_take(s, 32, &size);
	if (r)
		return r;
	sum(s);
	if (size != (uint32_t)(s->out - s->out_start))
		return inflate_malformed(s, "the length in the trailer is wrong");
	if (crc != s->crc)
		return inflate_malformed(s, "the checksum in the trailer is wrong");
	r = inflate_refill(s);
	if (!r && s->bit_count > 0)
		r = inflate_malformed(s, "bytes behind the end");
	return r;
}

int inflate_gzip(const struct inflate_source *source, uint8_t *buffer, size_t capacity,
	struct inflate_result *ret)
{
	struct inflate s; /* its tables are filled before they are used */
	int r;

	memset(&s, 0, offsetof(struct inflate, literals));
	s.source = source;
	s.out = s.out_start = buffer;
	s.summed = buffer;
	s.out_end = buffer + capacity;

	r = header(&s);
	if (!r)
		r = blocks(&s);
	if (!r)
		r = trailer(&s);
	ret->size = (size_t)(s.out - s.out_start);
	ret->detail = s.detail;
	return r;
}
