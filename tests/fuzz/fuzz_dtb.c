// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes taken for a device tree, as they are and with a header that fits them.
// What is accepted has all its blocks within it, ends with its root, and its first node is not
// "images".

#include <stdlib.h>
#include <string.h>

#include "../../sign/dtb.c"

uint32_t hab_word(const uint8_t p[static 4])
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put(uint8_t *p, size_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void check(const uint8_t *data, size_t size)
{
	static const uint8_t end[] = { 0, 0, 0, 2, 0, 0, 0, 9 }, fit[] = "\0\0\0\1images";
	size_t structure, behind;

	if (dtb_fault(data, size))
		return;
	structure = header_word(data, STRUCTURE);
	behind = structure + header_word(data, STRUCTURE_SIZE);
	if (behind > size || memcmp(data + behind - 8, end, 8) != 0)
		abort();
	if (behind - structure > 20 && !memcmp(data + structure + 8, fit, sizeof(fit)))
		abort();
}

/* The structure block is what is left between the list of reserved memory and the strings. */
static void make_header(uint8_t *data, size_t size)
{
	size_t structure = (size - 56 - 8) / 4 * 4;

	memset(data, 0, 56);
	put(data, DTB_MAGIC);
	put(data + 4, size);
	put(data + 8, 56);
	put(data + 12, 56 + structure);
	put(data + 16, 40);
	put(data + 20, 17);
	put(data + 24, 16);
	put(data + 32, size - 56 - structure);
	put(data + 36, structure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	check(copy, size);
	if (size >= 56 + 8) {
		make_header(copy, size);
		check(copy, size);
	}
	free(copy);
	return 0;
}
