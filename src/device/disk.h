/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the one disk that the configuration names, and its partitions, as the kernel sees them. */
#ifndef BB_DISK_H
#define BB_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report.h"
#include "volume.h"

/* What the kernel says of its devices from now on, to wait for; or a negative errno. */
int disk_open_uevents(void);

/*
 * Waits until the whole disk on a controller (a path below /sys/devices) is there, at most as many
 * seconds. Its name, as in /dev, goes into ret. Returns 0; BB_DISK_MISSING, or BB_DISK_AMBIGUOUS
 * when there are two.
 */
int disk_wait(int uevents, const char *controller, unsigned int seconds, char *ret, size_t ret_size,
	struct report_fault *fault);

/*
 * The disk's partitions. All of them are taken in even when one is wrong; the first fault is
 * returned: BB_VOLUME_UNKNOWN, BB_VOLUME_TWICE, or BB_SYSTEM when they cannot be read.
 */
int disk_read_volumes(const char *disk, struct volume_set *ret, struct report_fault *fault);

/*
 * The same, and whether the set is whole for a device in this state (BB_VOLUME_MISSING). Partitions
 * that are missing may be about to appear: they are waited for, for a moment.
 */
int disk_wait_volumes(int uevents, const char *disk, bool closed, struct volume_set *ret,
	struct report_fault *fault);

/* Waits for something to change in the kernel's devices; false when the deadline (now_us) has passed. */
bool disk_wait_for_change(int uevents, uint64_t deadline);

/*
 * Opens a disk once, which waits for a scan of its partitions that is under way: they are there
 * afterwards. Returns 0, or -ENOENT when it cannot be opened (yet).
 */
int disk_wait_scanned(const char *name);

/* A number that sysfs has of a disk or partition: "size", "start", ...; or a negative errno. */
int disk_number(const char *name, const char *attribute, uint64_t *ret);

/* Whether an entry below a disk's directory in /sys/block is a partition. */
bool disk_is_partition(int directory, const char *name);

/*
 * The name of a partition in the GPT; "" when it has none, or two, which then belongs to no volume.
 * Returns 0, or a negative errno when its uevent file cannot be read.
 */
int disk_partition_label(int directory, const char *node, char *ret, size_t ret_size);

#endif
