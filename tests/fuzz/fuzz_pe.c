// SPDX-License-Identifier: Apache-2.0
// Fuzz target: any bytes made ready for a signature, and one attached. What is signed is what was
// there, and the result has the shape that the bootloader asks for.

#include <stdlib.h>
#include <string.h>

#include "../../sign/pe.c"
#include "../../sign/variant.c"
#include "../../src/authenticode.c"
#include "../../src/der.c"
#include "../../src/image.c"

#define VERSION 0x12345678

// All but the version is as it was, and the padding is zero.
static void check_ready(const struct pe *pe, const uint8_t *before, size_t size)
{
	size_t version = pe->image.version_offset;

	if (pe->size % 8 || pe->size < size || pe->size - size >= 8 ||
		pe->image.table_offset != pe->size || !range_within(version, 4, size) ||
		memcmp(pe->data, before, version) ||
		memcmp(pe->data + version + 4, before + version + 4, size - version - 4))
		abort();
	for (size_t i = size; i < pe->size; i++)
		if (pe->data[i])
			abort();
}

// A structure that has nothing in it: only that is what is wrong with the result.
static void attach(struct pe *pe, size_t size)
{
	uint8_t signature[SIGNED_DATA_MAX] = { 0x30, 0x82, (uint8_t)((size - 4) >> 8),
		(uint8_t)(size - 4) };
	uint64_t memory = pe->image.image_size;
	struct image image;
	int error;

	pe_attach(pe, signature, size);
	error = image_parse(pe->data, pe->size, &image);
	if (error != (memory < pe->size ? BB_KERNEL_NOT_IMAGE : BB_KERNEL_SIGNATURE_FORM))
		abort();
	if (memory >= pe->size && strcmp(image.detail, "not PKCS#7 SignedData"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pe pe = { malloc(size + PE_GROWTH), size, { 0 } };
	uint8_t *before = malloc(size + 1);
	bool stripped;

	if (!pe.data || !before)
		abort();
	memcpy(pe.data, data, size);
	variant_refusal(pe.data, size);
	stripped = pe_strip(&pe);
	memcpy(before, pe.data, size);
	size = pe.size;
	if (!pe_prepare(&pe, VERSION)) {
		check_ready(&pe, before, size);
		attach(&pe, SIGNED_DATA_MAX - size % 300);
	} else if (stripped) {
		abort();
	}
	free(before);
	free(pe.data);
	return 0;
}
