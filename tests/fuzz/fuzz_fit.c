// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the FIT behind a first stage. Whatever is accepted lies within the file, apart in memory, and below
// 4 GiB. What is tried are the file and its structure behind a header that is good.

#include <stdlib.h>
#include <string.h>

#include "../../sign/fit.c"

static void check(const uint8_t *data, size_t size)
{
	struct fit fit;

	if (fit_parse(data, size, &fit))
		return;
	if (!fit.count || fit.count > FIT_IMAGES_MAX || fit.tree_size > size)
		abort();
	for (size_t i = 0; i < fit.count; i++) {
		const struct fit_image *image = &fit.images[i];

		if (!image->size || image->place < fit.tree_size || image->place > size ||
			image->size > size - image->place || (uint64_t)image->load + image->size > UINT64_C(1) << 32)
			abort();
		for (size_t j = 0; j < i; j++) {
			const struct fit_image *other = &fit.images[j];

			if (image->load - other->load < other->size || other->load - image->load < image->size)
				abort();
		}
	}
}

static void put(uint8_t *p, size_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* The words are the header's: where structure and strings are is the input's to say. */
static void make_header(uint8_t *data, size_t size)
{
	size_t structure = (size_t)(data[0] << 8 | data[1]) % (size - 56) / 4 * 4;
	size_t strings = (size_t)(data[2] << 8 | data[3]) % (size - 56 - structure + 1);

	memset(data, 0, 56);
	put(data, DTB_MAGIC);
	put(data + 4, 56 + structure + strings);
	put(data + 8, 56);
	put(data + 12, 56 + structure);
	put(data + 16, 40);
	put(data + 20, 17);
	put(data + 24, 16);
	put(data + 32, strings);
	put(data + 36, structure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	check(copy, size);
	if (size > 64) {
		make_header(copy, size);
		check(copy, size);
	}
	free(copy);
	return 0;
}
