// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the key blob and its name. The first byte is the key size.

#include <stdlib.h>

#include "../../src/blob.c"
#include "../../src/text.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *name = malloc(size + 1);
	int key_size;

	if (!name)
		abort();
	memcpy(name, data, size);
	name[size] = '\0';
	key_size = blob_name_size(name);
	if (key_size > 255 || key_size == 0 || (key_size > 0 && strlen(name) > sizeof("balena_255.enc")))
		abort();
	free(name);
	if (size && !blob_check(data + 1, size - 1, data[0]) && size - 1 != blob_file_size(data[0]))
		abort();
	return 0;
}
