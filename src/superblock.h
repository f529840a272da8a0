/* SPDX-License-Identifier: Apache-2.0 */
/* What an ext4 filesystem says that it is (kernel: Documentation/filesystems/ext4/super.rst). */
#ifndef BB_SUPERBLOCK_H
#define BB_SUPERBLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Bytes from the start of the volume that superblock_parse needs. */
#define SUPERBLOCK_SIZE 2048

struct superblock {
	char label[17];
	char uuid[37]; /* lower case, with hyphens */
};

/* Returns 0, or -EINVAL when the bytes are not the start of an ext4 filesystem. */
int superblock_parse(const uint8_t *data, size_t size, struct superblock *ret);

#endif
