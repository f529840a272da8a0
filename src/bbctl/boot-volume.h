/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FAT volume of a disk on which the bootloader keeps what it must: balena-imx, or an open device's
 * boot volume. Opened for reading only, and not mounted.
 */
#ifndef BB_BOOT_VOLUME_H
#define BB_BOOT_VOLUME_H

#include "fat.h"
#include "partitions.h"

struct boot_volume {
	int fd; /* -1: not open */
	uint64_t offset, size; /* of the volume, bytes */
	struct fat fat;
};

/*
 * Opens the FAT of a partition of a disk, or a file or device that is one itself (partition NULL).
 * Returns 0, -EINVAL when there is no FAT, or a negative errno.
 */
int boot_volume_open(const char *file, const struct partition *partition, struct boot_volume *ret);

/* Finds and opens it on a disk with a partition table, or on that partition itself. As above. */
int boot_volume_find(const char *file, struct boot_volume *ret);

void boot_volume_close(struct boot_volume *volume);

#endif
