// SPDX-License-Identifier: Apache-2.0
// Manifests of installers; see manifest.h.

#include <string.h>

#include "error.h"
#include "manifest.h"
#include "settings.h"

static const char *const formats[] = { "1", NULL };

static const struct setting manifest_keys[] = {
	{ "format", offsetof(struct manifest, format), .choices = formats },
	{ "device-type", offsetof(struct manifest, device_type), .size = MANIFEST_DEVICE_TYPE_MAX,
		.is_word = true },
	{ "version", offsetof(struct manifest, version), .max = UINT32_MAX },
	{ "data-blocks", offsetof(struct manifest, data_blocks), .max = UINT32_MAX },
	{ "salt", offsetof(struct manifest, salt), .bytes = SHA256_SIZE },
	{ "root-hash", offsetof(struct manifest, root_hash), .bytes = SHA256_SIZE },
};
#define MANIFEST_KEYS (sizeof(manifest_keys) / sizeof(manifest_keys[0]))

// One block of data would have no tree at all: its hash is the root hash.
#define DATA_BLOCKS_MIN 2

int manifest_parse(
	const uint8_t manifest[static MANIFEST_SIZE], struct manifest *ret, unsigned int *ret_line)
{
	struct manifest read = { 0 };

	if (settings_parse(
		    manifest, MANIFEST_TEXT_SIZE, manifest_keys, MANIFEST_KEYS, &read, ret_line) ||
		read.data_blocks < DATA_BLOCKS_MIN)
		return BB_MANIFEST_BAD;
	*ret = read;
	return 0;
}

uint64_t manifest_tree_blocks(uint32_t data_blocks)
{
	uint64_t level = data_blocks, tree = 0;

	while (level > 1) {
		level = (level + MANIFEST_HASHES - 1) / MANIFEST_HASHES;
		tree += level;
	}
	return tree;
}

int manifest_check_size(const struct manifest *manifest, uint64_t partition_size)
{
	uint64_t needed = manifest->data_blocks + manifest_tree_blocks(manifest->data_blocks) + 1;

	return needed <= partition_size / MANIFEST_BLOCK ? 0 : BB_MANIFEST_BAD;
}

int manifest_check_signature_size(const uint8_t manifest[static MANIFEST_SIZE], size_t size)
{
	if (!size || size > MANIFEST_SIGNATURE_SIZE)
		return BB_MANIFEST_REFUSED;
	for (size_t at = MANIFEST_TEXT_SIZE + size; at < MANIFEST_SIZE; at++) {
		if (manifest[at])
			return BB_MANIFEST_REFUSED;
	}
	return 0;
}
