/* SPDX-License-Identifier: Apache-2.0 */
/* The device that bbprovision runs on: what its fuses say, and its one disk. */
#ifndef BB_DEVICE_H
#define BB_DEVICE_H

#include "provision.h"
#include "volume.h"

struct device {
	bool closed;
	int uevents;
	char disk[VOLUME_NODE_MAX];  /* the kernel's name of the disk, as in /dev */
	struct volume_set volumes;   /* as far as its partitions are volumes */
	struct report_fault fault;   /* why they are not the volumes of a device in this state; error 0: they are */
};

/*
 * Reads the configuration and the fuses, waits for the disk and looks at its partitions, of which
 * none need to be there. Returns STATUS_GOOD or STATUS_REFUSED: config-missing, config-bad,
 * fuses-unreadable, disk-missing, disk-ambiguous, system.
 */
int device_find(struct provision *p, struct device *ret);

/*
 * The same; refused as well: not-closed, restart-first, and what is wrong with the partitions.
 */
int device_find_closed(struct provision *p, struct device *ret);

/*
 * To be called before a device is closed: from then on device_find_closed refuses, until a restart
 * takes the mark away. Returns STATUS_GOOD or STATUS_REFUSED (system).
 */
int device_mark_closing(struct provision *p);

/* Looks at the partitions again, after a change. */
void device_read_volumes(struct device *d);

/* The disk and its partitions, as members of the JSON object, or in lines for a person. */
void device_print(struct provision *p, const struct device *d);

#endif
