/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Block devices by the kernel's names of them, as in /dev. All of it returns 0 (or what is said) or a
 * negative errno.
 */
#ifndef BB_BLOCK_H
#define BB_BLOCK_H

#include <stdint.h>

/*
 * Opens a device for writing that nobody has mounted, mapped or opened like this, and no part of it
 * either; -EBUSY otherwise. Returns the descriptor.
 */
int block_open(const char *name);

/* Opens a device for reading, and for waiting until what is written to it has arrived. */
int block_open_shared(const char *name);

/* Its size, and where on its disk a partition begins, in units of 512 bytes. */
int block_sectors(const char *name, uint64_t *ret);
int block_start(const char *name, uint64_t *ret);

/* How long a sector of a disk is that the device itself can address: in bytes. */
int block_sector_size(const char *disk, uint64_t *ret);

/* Writes zeros. They are on the device only after block_sync. */
int block_zero(int fd, uint64_t sector, uint64_t sectors);

/* Whether a device begins with so many sectors of zeros, on the disk itself: 1 or 0. */
int block_begins_with_zeros(const char *name, uint64_t sectors);

/*
 * Waits until everything is on the device and not only in its cache, and lets go of what the kernel
 * has of it in memory: what is read next comes from the device.
 */
int block_sync(int fd);

#endif
