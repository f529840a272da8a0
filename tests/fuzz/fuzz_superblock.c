// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the ext4 superblock.

#include <stdlib.h>

#include "../../src/superblock.c"
#include "../../src/text.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t whole[SUPERBLOCK_SIZE] = { 0 };
	struct superblock superblock;

	superblock_parse(data, size, &superblock);
	// The superblock itself, behind the part that does not matter, with its magic number.
	memcpy(whole + EXT4_OFFSET, data, size < EXT4_OFFSET ? size : EXT4_OFFSET);
	whole[EXT4_OFFSET + EXT4_AT_MAGIC] = 0x53;
	whole[EXT4_OFFSET + EXT4_AT_MAGIC + 1] = 0xef;
	if (superblock_parse(whole, sizeof(whole), &superblock) || strlen(superblock.uuid) != 36 ||
	    strlen(superblock.label) > EXT4_LABEL_SIZE)
		abort();
	return 0;
}
