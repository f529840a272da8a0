/* SPDX-License-Identifier: Apache-2.0 */
/* The partitions of a disk or of its image, and what shows of their filesystems. */
#ifndef BB_PARTITIONS_H
#define BB_PARTITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel takes no more from a GPT than its disks have minors for. */
#define PARTITIONS_MAX 256

enum filesystem { FILESYSTEM_UNKNOWN, FILESYSTEM_EXT4, FILESYSTEM_FAT };

struct partition {
	size_t number; /* from 1 */
	char label[37]; /* as the kernel gives it to init: one byte for each of 36 UTF-16 units */
	uint64_t offset, size; /* bytes */
	enum filesystem filesystem;
	char filesystem_label[17];
};

struct partitions {
	bool has_table; /* a GPT that the kernel takes */
	size_t count;
	struct partition at[PARTITIONS_MAX];
};

/* Returns 0, or a negative errno when the disk cannot be read. */
int partitions_read(const char *file, struct partitions *ret);

/* "ext4", "FAT", or NULL. */
const char *filesystem_name(enum filesystem filesystem);

#endif
