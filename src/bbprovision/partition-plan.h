/* SPDX-License-Identifier: Apache-2.0 */
/* Which partitions a disk is to get, and where. */
#ifndef BB_PARTITION_PLAN_H
#define BB_PARTITION_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "volume.h"

/*
 * The sector of 512 bytes from which on there are partitions. Before it there is room for what a boot
 * ROM takes from a fixed place of a disk (i.MX8M: 33 KiB).
 */
#define PARTITIONS_START UINT64_C(16384)

/* Sizes that were asked for, in MiB, by volume; 0: the usual size. */
struct partition_sizes {
	uint32_t mib[VOLUME_COUNT];
};

/*
 * Takes NAME=MIB, where NAME is a volume's, as volume_name has it.
 * Returns 0, or -EINVAL for a name that is none, or no size, or one given before.
 */
int partition_sizes_add(struct partition_sizes *sizes, const char *text);

struct partition_plan {
	unsigned int count;
	struct {
		enum volume volume;
		char label[VOLUME_LABEL_MAX];
		uint64_t start, sectors; /* of 512 bytes */
	} at[VOLUME_COUNT];
};

/*
 * The partitions of a device in this state on a disk of so many sectors of 512 bytes: in the order
 * of enum volume, so that the FAT that U-Boot reads is the first; each begins at a multiple of
 * 4 MiB; data is the last and, unless its size is given, takes what is left.
 * Returns 0, or -ENOSPC when they do not fit.
 */
int partition_plan(bool closed, const struct partition_sizes *sizes, uint64_t disk_sectors,
	struct partition_plan *ret);

#endif
