// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the ext4 superblock.

#include <stdio.h>
#include <stdlib.h>

#include "../../src/superblock.c"
#include "../../src/text.c"

// The fields by their places in the kernel's documentation, read a second time.
static void check(const uint8_t *ext4, const struct superblock *superblock)
{
	const uint8_t *u = ext4 + 0x68;
	char uuid[37];

	snprintf(uuid, sizeof(uuid),
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", u[0], u[1], u[2], u[3],
		u[4], u[5], u[6], u[7], u[8], u[9], u[10], u[11], u[12], u[13], u[14], u[15]);
	if (strcmp(superblock->uuid, uuid) ||
		strlen(superblock->label) != strnlen((const char *)ext4 + 0x78, 16) ||
		strncmp(superblock->label, (const char *)ext4 + 0x78, 16))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t whole[SUPERBLOCK_SIZE] = { 0 };
	struct superblock superblock;

	if (!superblock_parse(data, size, &superblock))
		check(data + EXT4_OFFSET, &superblock);
	// The superblock itself, behind the part that does not matter, with its magic number.
	memcpy(whole + EXT4_OFFSET, data, size < EXT4_OFFSET ? size : EXT4_OFFSET);
	whole[EXT4_OFFSET + EXT4_AT_MAGIC] = 0x53;
	whole[EXT4_OFFSET + EXT4_AT_MAGIC + 1] = 0xef;
	if (superblock_parse(whole, sizeof(whole), &superblock))
		abort();
	check(whole + EXT4_OFFSET, &superblock);
	if (!superblock_parse(whole, sizeof(whole) - 1, &superblock))
		abort();
	return 0;
}
