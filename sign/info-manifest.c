// SPDX-License-Identifier: Apache-2.0
// bbsign info for manifests of installers, alone or at the end of the partition.

#include "info.h"
#include "manifest.h"

bool info_manifest(struct info *info, const uint8_t *data, size_t size)
{
	struct manifest manifest;
	const uint8_t *block;
	unsigned int line;

	if (size < MANIFEST_SIZE)
		return false;
	block = data + size - MANIFEST_SIZE;
	if (manifest_parse(block, &manifest, &line))
		return false;
	info_word(info, "kind",
		size == MANIFEST_SIZE ? "manifest of an installer"
				      : "root filesystem of an installer, with its manifest");
	info_word(info, "device_type", "%s", manifest.device_type);
	info_number(info, "version", manifest.version);
	info_number(info, "filesystem", (uint64_t)manifest.data_blocks * MANIFEST_BLOCK);
	info_number(info, "hash_tree", manifest_tree_blocks(manifest.data_blocks) * MANIFEST_BLOCK);
	info_hex(info, "salt", manifest.salt, sizeof(manifest.salt));
	info_hex(info, "root_hash", manifest.root_hash, sizeof(manifest.root_hash));
	if (!manifest_check_signature_size(block, 1) && !block[MANIFEST_TEXT_SIZE])
		info_word(info, "warning", "it has no signature");
	if (size > MANIFEST_SIZE && manifest_check_size(&manifest, size))
		info_word(info, "warning", "filesystem and hash tree do not fit into the file");
	return true;
}
