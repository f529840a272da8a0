// SPDX-License-Identifier: Apache-2.0
// Label and UUID of an ext4 filesystem; see superblock.h.

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "superblock.h"
#include "text.h"

#define EXT4_OFFSET 1024
#define EXT4_MAGIC 0xef53
#define EXT4_AT_MAGIC 0x38
#define EXT4_AT_UUID 0x68
#define EXT4_AT_LABEL 0x78
#define EXT4_LABEL_SIZE 16

static void format_uuid(const uint8_t bytes[static 16], char ret[static 37])
{
	static const uint8_t groups[] = { 4, 2, 2, 2, 6 };
	struct text text = text_in(ret, 37);

	for (size_t i = 0; i < sizeof(groups); bytes += groups[i++]) {
		if (i)
			text_add_char(&text, '-');
		text_add_hex(&text, bytes, groups[i]);
	}
}

int superblock_parse(const uint8_t *data, size_t size, struct superblock *ret)
{
	const uint8_t *ext4;

	if (size < SUPERBLOCK_SIZE)
		return -EINVAL;
	ext4 = data + EXT4_OFFSET;
	if (get_le16(ext4 + EXT4_AT_MAGIC) != EXT4_MAGIC)
		return -EINVAL;
	memcpy(ret->label, ext4 + EXT4_AT_LABEL, EXT4_LABEL_SIZE);
	ret->label[EXT4_LABEL_SIZE] = '\0';
	format_uuid(ext4 + EXT4_AT_UUID, ret->uuid);
	return 0;
}
