// SPDX-License-Identifier: Apache-2.0
// The DER reader: each rule once kept and once broken.

#include "der.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

struct read_case {
	const char *name;
	size_t size;
	uint8_t data[8]; /* the rest of `size` is zero */
	uint8_t tag;
	bool good;
	size_t content_size, left;
};

static const struct read_case read_cases[] = {
	{ "nothing", 0, { 0 }, DER_SEQUENCE, false, 0, 0 },
	{ "tag alone", 1, { 0x30 }, DER_SEQUENCE, false, 0, 1 },
	{ "empty sequence", 2, { 0x30, 0x00 }, DER_SEQUENCE, true, 0, 0 },
	{ "one byte", 3, { 0x04, 0x01, 0xff }, DER_OCTET_STRING, true, 1, 0 },
	{ "another tag", 3, { 0x04, 0x01, 0xff }, DER_INTEGER, false, 0, 3 },
	{ "something behind", 5, { 0x04, 0x01, 0xff, 0x05, 0x00 }, DER_OCTET_STRING, true, 1, 2 },
	{ "longer than there is", 3, { 0x04, 0x02, 0xff }, DER_OCTET_STRING, false, 0, 3 },
	{ "largest short length", 129, { 0x04, 0x7f }, DER_OCTET_STRING, true, 127, 0 },
	{ "smallest long length", 131, { 0x04, 0x81, 0x80 }, DER_OCTET_STRING, true, 128, 0 },
	{ "long length that could be short", 131, { 0x04, 0x81, 0x7f }, DER_OCTET_STRING, false, 0,
		131 },
	{ "two length bytes", 260, { 0x04, 0x82, 0x01, 0x00 }, DER_OCTET_STRING, true, 256, 0 },
	{ "two length bytes for one", 259, { 0x04, 0x82, 0x00, 0xff }, DER_OCTET_STRING, false, 0,
		259 },
	{ "three length bytes", 300, { 0x04, 0x83, 0x00, 0x01, 0x00 }, DER_OCTET_STRING, false, 0,
		300 },
	{ "length cut off", 3, { 0x04, 0x82, 0x01 }, DER_OCTET_STRING, false, 0, 3 },
	{ "indefinite length", 6, { 0x30, 0x80, 0x05, 0x00, 0, 0 }, DER_SEQUENCE, false, 0, 6 },
	{ "reserved length", 300, { 0x04, 0xff, 0x01, 0x00 }, DER_OCTET_STRING, false, 0, 300 },
	{ "tag of more than one byte", 4, { 0x1f, 0x01, 0x01, 0x00 }, 0x1f, false, 0, 4 },
	{ "context tag", 2, { 0xa0, 0x00 }, DER_CONTEXT(0), true, 0, 0 },
	{ "context tag of another number", 2, { 0xa1, 0x00 }, DER_CONTEXT(0), false, 0, 2 },
};

/* In a buffer of its own, so that the sanitizer sees a read beyond the end. */
static uint8_t *copy_of(const struct read_case *c)
{
	uint8_t *data = calloc(1, c->size + (c->size == 0));

	memcpy(data, c->data, c->size < sizeof(c->data) ? c->size : sizeof(c->data));
	return data;
}

static void der_reads(void)
{
	for (size_t i = 0; i < sizeof(read_cases) / sizeof(read_cases[0]); i++) {
		const struct read_case *c = &read_cases[i];
		uint8_t *data = copy_of(c);
		struct der in = { data, c->size }, content = { NULL, 0 };
		bool good = der_read(&in, c->tag, &content);

		test_case = c->name;
		test_assert(good == c->good);
		test_assert(in.size == c->left);
		test_assert(in.data == data + c->size - c->left);
		test_assert(content.size == c->content_size);
		if (good)
			test_assert(content.data + content.size == in.data);
		free(data);
	}
}

static void der_walks(void)
{
	static const uint8_t data[] = { 0x30, 0x08, 0x02, 0x01, 0x05, 0x06, 0x03, 0x55, 0x04,
		0x03 };
	struct der in = { data, sizeof(data) }, sequence, integer, oid;
	uint8_t tag;

	test_assert(der_peek(&in, DER_SEQUENCE));
	test_assert(der_read(&in, DER_SEQUENCE, &sequence) && in.size == 0);
	test_assert(!der_peek(&in, DER_SEQUENCE));
	test_assert(!der_skip(&sequence, DER_OID));
	test_assert(der_read(&sequence, DER_INTEGER, &integer));
	test_assert(der_is(&integer, (const uint8_t[]){ 5 }, 1));
	test_assert(!der_is(&integer, (const uint8_t[]){ 6 }, 1));
	test_assert(der_read_any(&sequence, &tag, &oid) && tag == DER_OID);
	test_assert(der_is(&oid, (const uint8_t[]){ 0x55, 0x04, 0x03 }, 3));
	test_assert(!der_is(&oid, (const uint8_t[]){ 0x55, 0x04 }, 2));
	test_assert(!der_equal(&oid, &integer) && der_equal(&oid, &oid));
	test_assert(sequence.size == 0 && !der_read_any(&sequence, &tag, &oid));
}

int main(void)
{
	test_run(der_reads);
	test_run(der_walks);
	return test_result();
}
