// SPDX-License-Identifier: Apache-2.0
// The key blob file and its header; see blob.h.

#include <errno.h>
#include <string.h>

#include "blob.h"
#include "bytes.h"
#include "error.h"
#include "text.h"

#define TAG_MAGIC 0x5461674f
#define TAG_VERSION 0
#define TAG_TYPE_BLACK_CCM 0x9 // colour black, key encryption AES-CCM, general memory, JDKEK

// Tagged key = tag + key rounded up to 8 + 12 (nonce, ICV); file = tag + the same + 48 (blob key,
// MAC). Trusted: the key, and the key + 48. Protected: the file behind 4 bytes.
static const struct kind {
	uint8_t source, key_size, plain_size, file_size;
} kinds[] = {
	{ KEY_SOURCE_CAAM_TK, 48, 16, 96 },
	{ KEY_SOURCE_CAAM_TK, 56, 24, 104 },
	{ KEY_SOURCE_CAAM_TK, 64, 32, 112 },
	{ KEY_SOURCE_CAAM_TRUSTED, 32, 32, 80 },
	{ KEY_SOURCE_CAAM_TRUSTED, 64, 64, 112 },
	{ KEY_SOURCE_CAAM_PK, 64, 64, 112 },
	{ KEY_SOURCE_CAAM_PK, 84, 32, 80 },
};

static const struct kind *find_kind(enum config_key_source source, unsigned int key_size)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].source == source && kinds[i].key_size == key_size)
			return &kinds[i];
	}
	return NULL;
}

int blob_name_size(const char *name)
{
	static const char prefix[] = "balena_", suffix[] = ".enc";
	const char *digits = name + sizeof(prefix) - 1;
	char number[4];
	uint32_t size;
	size_t length;

	if (strncmp(name, prefix, sizeof(prefix) - 1))
		return -EINVAL;
	length = strspn(digits, "0123456789");
	if (!length || length >= sizeof(number) || digits[0] == '0' || strcmp(digits + length, suffix))
		return -EINVAL;
	memcpy(number, digits, length);
	number[length] = '\0';
	return text_parse_number(number, UINT8_MAX, &size) ? -EINVAL : (int)size;
}

size_t blob_plain_size(enum config_key_source source, unsigned int key_size)
{
	const struct kind *kind = find_kind(source, key_size);

	return kind ? kind->plain_size : 0;
}

size_t blob_file_size(enum config_key_source source, unsigned int key_size)
{
	const struct kind *kind = find_kind(source, key_size);

	return kind ? kind->file_size : 0;
}

int blob_check(
	enum config_key_source source, const uint8_t *data, size_t size, unsigned int key_size)
{
	const struct kind *kind = find_kind(source, key_size);
	uint8_t expected[BLOB_TAG_SIZE];

	if (!kind || size != kind->file_size)
		return BB_BLOB_LENGTH;
	if (source != KEY_SOURCE_CAAM_TK)
		return 0;
	put_le32(expected, TAG_MAGIC);
	put_le32(expected + 4, TAG_VERSION);
	put_le32(expected + 8, TAG_TYPE_BLACK_CCM);
	put_le32(expected + 12, kind->plain_size);
	put_le32(expected + 16, kind->file_size - BLOB_TAG_SIZE);
	return memcmp(data, expected, sizeof(expected)) ? BB_BLOB_HEADER : 0;
}
