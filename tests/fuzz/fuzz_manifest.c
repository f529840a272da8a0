// SPDX-License-Identifier: Apache-2.0
// Fuzz target: manifests. An error leaves the result alone; a good one is within bounds, has the hash tree
// that the kernel's own formula gives, and does not reach beyond the partition that it was checked for.

#include <stdlib.h>
#include <string.h>

#include "../../src/manifest.c"
#include "../../src/settings.c"
#include "../../src/text.c"

// drivers/md/dm-verity-target.c, verity_ctr: levels from the highest down, each rounded up.
static uint64_t kernel_tree_blocks(uint64_t data_blocks)
{
	uint64_t position = 0;
	int levels = 0;

	while (7 * levels < 64 && (data_blocks - 1) >> (7 * levels))
		levels++;
	for (int i = levels - 1; i >= 0; i--)
		position += (data_blocks + (UINT64_C(1) << ((i + 1) * 7)) - 1) >> ((i + 1) * 7);
	return position;
}

static void check(const uint8_t *block, uint64_t partition_size)
{
	struct manifest manifest, before;
	unsigned int line;
	uint64_t end;
	int error;

	memset(&manifest, 0x5a, sizeof(manifest));
	before = manifest;
	error = manifest_parse(block, &manifest, &line);
	if (error) {
		if (error != BB_MANIFEST_BAD || memcmp(&manifest, &before, sizeof(manifest)))
			abort();
		return;
	}
	if (manifest.format || !manifest.device_type[0] || manifest.data_blocks < 2 ||
	    !memchr(manifest.device_type, 0, sizeof(manifest.device_type)) ||
	    manifest_tree_blocks(manifest.data_blocks) != kernel_tree_blocks(manifest.data_blocks))
		abort();
	end = (manifest.data_blocks + kernel_tree_blocks(manifest.data_blocks)) * MANIFEST_BLOCK;
	if (!manifest_check_size(&manifest, partition_size) &&
	    (partition_size < MANIFEST_SIZE || end > partition_size - MANIFEST_SIZE))
		abort();
}

// The first eight bytes are the partition's size; what is missing of the text is blank lines.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *block = malloc(MANIFEST_SIZE);
	uint64_t partition_size;

	if (!block)
		abort();
	if (size >= sizeof(partition_size)) {
		memcpy(&partition_size, data, sizeof(partition_size));
		data += sizeof(partition_size);
		size -= sizeof(partition_size);
		size = size < MANIFEST_SIZE ? size : MANIFEST_SIZE;
		memset(block, '\n', MANIFEST_SIZE);
		memcpy(block, data, size);
		check(block, partition_size);
		manifest_check_signature_size(block, size);
	}
	free(block);
	return 0;
}
