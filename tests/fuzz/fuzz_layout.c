// SPDX-License-Identifier: Apache-2.0
// Fuzz target: which layout the files of balena-imx make. The first byte is what the configuration accepts;
// the names follow, one a line.

#include <stdio.h>
#include <stdlib.h>

#include "../../src/blob.c"
#include "../../src/layout.c"
#include "../../src/text.c"

// What is accepted, written down a second time: only these names count, and only these two sets.
static int expected_layout(const char (*names)[64], size_t count)
{
	static const char *const sizes[] = { "balena_48.enc", "balena_56.enc", "balena_64.enc" };
	unsigned int found[3] = { 0 }, others = 0;

	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]), s = 0;

		if (length < 11 || strncmp(names[i], "balena_", 7) || strcmp(names[i] + length - 4, ".enc"))
			continue;
		while (s < 3 && strcmp(sizes[s], names[i]))
			s++;
		if (s < 3)
			found[s]++;
		else
			others++;
	}
	if (others)
		return 0;
	if (found[0] == 0 && found[1] == 1 && found[2] == 0)
		return 1;
	return found[0] == 1 && found[1] == 0 && found[2] == 1 ? 2 : 0;
}

static size_t split(const uint8_t *data, size_t size, char (*names)[64], size_t max)
{
	size_t count = 0;

	for (size_t at = 0; at < size && count < max; count++) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t length = end ? (size_t)(end - data) - at : size - at;

		snprintf(names[count], 64, "%.*s", (int)length, (const char *)data + at);
		at += length + 1;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct layout_blobs blobs = { 0 };
	const struct layout *layout = NULL;
	char names[16][64];
	uint32_t accepted = size ? data[0] % 3 : 0;
	size_t count = size ? split(data + 1, size - 1, names, 16) : 0;
	int expected = expected_layout(names, count), error = 0;

	for (size_t i = 0; i < count && !error; i++)
		error = layout_add_blob(&blobs, names[i]);
	if (!error)
		error = layout_choose(&blobs, accepted, &layout);
	if ((error != BB_LAYOUT && error) == !!expected)
		abort();
	if (expected && layout->number != (unsigned int)expected)
		abort();
	if (expected && (error == BB_LAYOUT) != (accepted != 2 && accepted + 1 != (uint32_t)expected))
		abort();
	return 0;
}
