// SPDX-License-Identifier: Apache-2.0
// The key blob: every length, every bit of the header, every name.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "blob.h"
#include "error.h"
#include "test.h"

// As caam-keygen writes it for `ccm -s 24`, spelled out: not the parser's own numbers.
static const uint8_t header_24[BLOB_TAG_SIZE] = {
	0x4f, 0x67, 0x61, 0x54, 0, 0, 0, 0, 9, 0, 0, 0, 24, 0, 0, 0, 84, 0, 0, 0 };
static const uint8_t header_16[BLOB_TAG_SIZE] = {
	0x4f, 0x67, 0x61, 0x54, 0, 0, 0, 0, 9, 0, 0, 0, 16, 0, 0, 0, 76, 0, 0, 0 };
static const uint8_t header_32[BLOB_TAG_SIZE] = {
	0x4f, 0x67, 0x61, 0x54, 0, 0, 0, 0, 9, 0, 0, 0, 32, 0, 0, 0, 92, 0, 0, 0 };

static const struct kind {
	unsigned int key_size;
	size_t file_size;
	const uint8_t *header;
} kinds[] = { { 48, 96, header_16 }, { 56, 104, header_24 }, { 64, 112, header_32 } };

// Mainline's, which have no header: the length of the key, and 48 bytes.
static const struct mainline {
	enum config_key_source source;
	unsigned int key_size, plain_size;
} mainline[] = { { KEY_SOURCE_CAAM_TRUSTED, 32, 32 }, { KEY_SOURCE_CAAM_TRUSTED, 64, 64 },
	{ KEY_SOURCE_CAAM_PK, 64, 64 }, { KEY_SOURCE_CAAM_PK, 84, 32 } };

// The verdict on a blob of this length, which starts with this header.
static int check(const uint8_t *header, size_t size, unsigned int key_size)
{
	uint8_t *data = malloc(size + !size); // no byte more, so that the sanitizer sees a read beyond it
	int error;

	if (!data)
		abort();
	memset(data, 0xa5, size + !size);
	memcpy(data, header, size < BLOB_TAG_SIZE ? size : BLOB_TAG_SIZE);
	error = blob_check(KEY_SOURCE_CAAM_TK, data, size, key_size);
	free(data);
	return error;
}

static void blob_only_its_length(void)
{
	for (unsigned int key_size = 0; key_size <= 300; key_size++) {
		size_t expected = 0;

		for (size_t k = 0; k < 3; k++)
			expected = kinds[k].key_size == key_size ? kinds[k].file_size : expected;
		test_assert(blob_file_size(KEY_SOURCE_CAAM_TK, key_size) == expected);
		test_assert(blob_plain_size(KEY_SOURCE_CAAM_TK, key_size) == (expected ? key_size - 32 : 0));
		for (size_t size = 0; size <= 300; size++) {
			int error = check(header_24, size, key_size);

			if (size == 104 && key_size == 56)
				test_assert(!error);
			else
				test_assert(error == (expected && size == expected ?
					BB_BLOB_HEADER : BB_BLOB_LENGTH));
		}
	}
}

static void blob_every_bit_of_the_header(void)
{
	for (size_t k = 0; k < 3; k++) {
		test_assert(!check(kinds[k].header, kinds[k].file_size, kinds[k].key_size));
		for (unsigned int bit = 0; bit < BLOB_TAG_SIZE * 8; bit++) {
			uint8_t header[BLOB_TAG_SIZE];

			memcpy(header, kinds[k].header, sizeof(header));
			header[bit / 8] ^= (uint8_t)(1 << bit % 8);
			test_assert(check(header, kinds[k].file_size, kinds[k].key_size) == BB_BLOB_HEADER);
		}
	}
}

static void blob_every_value_of_a_byte(void)
{
	for (size_t at = 0; at < BLOB_TAG_SIZE; at++) {
		for (unsigned int value = 0; value < 256; value++) {
			uint8_t header[BLOB_TAG_SIZE];

			memcpy(header, header_24, sizeof(header));
			header[at] = (uint8_t)value;
			test_assert(check(header, 104, 56) ==
				(value == header_24[at] ? 0 : BB_BLOB_HEADER));
		}
	}
}

static void blob_ecb_key_is_refused(void)
{
	uint8_t header[BLOB_TAG_SIZE];

	memcpy(header, header_24, sizeof(header));
	header[8] = 1;
	test_assert(check(header, 104, 56) == BB_BLOB_HEADER);
}

static void blob_of_mainline_only_its_length(void)
{
	static const uint8_t data[300];

	for (enum config_key_source source = KEY_SOURCE_CAAM_TRUSTED; source <= KEY_SOURCE_CAAM_PK; source++) {
		for (unsigned int key_size = 0; key_size <= sizeof(data); key_size++) {
			size_t plain = 0;

			for (size_t i = 0; i < sizeof(mainline) / sizeof(mainline[0]); i++) {
				if (mainline[i].source == source && mainline[i].key_size == key_size)
					plain = mainline[i].plain_size;
			}
			test_assert(blob_plain_size(source, key_size) == plain);
			test_assert(blob_file_size(source, key_size) == (plain ? plain + 48 : 0));
			for (size_t size = 0; size <= sizeof(data); size++)
				test_assert(blob_check(source, data, size, key_size) ==
					(plain && size == plain + 48 ? 0 : BB_BLOB_LENGTH));
		}
	}
}

static void blob_names(void)
{
	static const struct {
		const char *name;
		int size;
	} cases[] = {
		{ "balena_56.enc", 56 }, { "balena_48.enc", 48 }, { "balena_255.enc", 255 },
		{ "balena_1.enc", 1 }, { "balena_84.enc", 84 }, { "balena_256.enc", -EINVAL }, { "balena_999.enc", -EINVAL },
		{ "balena_1000.enc", -EINVAL }, { "balena_0.enc", -EINVAL },
		{ "balena_056.enc", -EINVAL }, { "balena_.enc", -EINVAL }, { "balena_56", -EINVAL },
		{ "balena_56.en", -EINVAL }, { "balena_56.encx", -EINVAL },
		{ "balena_56.enc ", -EINVAL }, { "balena_56x.enc", -EINVAL },
		{ "balena_ 56.enc", -EINVAL }, { "balena_-56.enc", -EINVAL },
		{ "balena_+56.enc", -EINVAL }, { "balena_0x38.enc", -EINVAL },
		{ "Balena_56.enc", -EINVAL }, { "balena_56.ENC", -EINVAL },
		{ "xbalena_56.enc", -EINVAL }, { "balena-56.enc", -EINVAL }, { "", -EINVAL },
		{ "balena_", -EINVAL }, { "b", -EINVAL },
		{ "balena_4294967352.enc", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case = cases[i].name;
		test_assert(blob_name_size(cases[i].name) == cases[i].size);
	}
}

int main(void)
{
	test_run(blob_only_its_length);
	test_run(blob_every_bit_of_the_header);
	test_run(blob_every_value_of_a_byte);
	test_run(blob_ecb_key_is_refused);
	test_run(blob_of_mainline_only_its_length);
	test_run(blob_names);
	return test_result();
}
