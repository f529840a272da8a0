// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the key blob and its name. The first byte is the key size.

#include <stdio.h>
#include <stdlib.h>

#include "../../src/blob.c"
#include "../../src/text.c"

// The header that NXP's driver trusts, written down a second time, for AES keys of 16, 24 or 32 bytes.
static void check_accepted(const uint8_t *data, size_t size, unsigned int key_size)
{
	uint8_t key = (uint8_t)(key_size - 32), blob = (uint8_t)(key + 60);
	const uint8_t expected[BLOB_TAG_SIZE] = { 'O', 'g', 'a', 'T', 0, 0, 0, 0, 9, 0, 0, 0, key, 0, 0, 0,
		blob };

	if ((key != 16 && key != 24 && key != 32) || size != BLOB_TAG_SIZE + blob ||
		size != blob_file_size(KEY_SOURCE_CAAM_TK, key_size) || memcmp(data, expected, sizeof(expected)) != 0)
		abort();
}

static void check_name(const uint8_t *data, size_t size)
{
	char *name = malloc(size + 1), again[sizeof("balena_255.enc")];
	int key_size;

	if (!name)
		abort();
	memcpy(name, data, size);
	name[size] = '\0';
	key_size = blob_name_size(name);
	if (key_size > 255 || key_size == 0)
		abort();
	snprintf(again, sizeof(again), "balena_%u.enc", (uint8_t)key_size);
	if (key_size > 0 && strcmp(name, again))
		abort();
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_name(data, size);
	if (size && !blob_check(KEY_SOURCE_CAAM_TK, data + 1, size - 1, data[0]))
		check_accepted(data + 1, size - 1, data[0]);
	// Mainline's: nothing but two lengths.
	if (size && !blob_check(KEY_SOURCE_CAAM_TRUSTED, data + 1, size - 1, data[0]) &&
		!(data[0] == size - 1 - 48 && (data[0] == 32 || data[0] == 64)))
		abort();
	if (size && !blob_check(KEY_SOURCE_CAAM_PK, data + 1, size - 1, data[0]) &&
		!(data[0] == 84 && size - 1 == 80) && !(data[0] == 64 && size - 1 == 112))
		abort();
	return 0;
}
