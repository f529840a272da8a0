/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The volumes of a balena disk and which partition holds which. A closed device has all six, five
 * of them encrypted; an open device has no balena-imx and encrypts nothing.
 */
#ifndef BB_VOLUME_H
#define BB_VOLUME_H

#include <stdbool.h>

#include "bootenv.h"

enum volume {
	VOLUME_IMX,
	VOLUME_BOOT,
	VOLUME_ROOT_A,
	VOLUME_ROOT_B,
	VOLUME_STATE,
	VOLUME_DATA,
	VOLUME_COUNT,
};

#define VOLUME_LABEL_MAX 16
#define VOLUME_NODE_MAX 32

struct volume_set {
	struct {
		char label[VOLUME_LABEL_MAX]; /* of the partition; "" when there is none */
		char node[VOLUME_NODE_MAX];   /* kernel's name of the partition, as in /dev */
	} at[VOLUME_COUNT];
};

/* Volume of a partition label, compared exactly; VOLUME_COUNT when it is none. */
enum volume volume_from_label(const char *label);

static inline enum volume volume_root(enum slot slot)
{
	return slot == SLOT_A ? VOLUME_ROOT_A : VOLUME_ROOT_B;
}

/*
 * Takes one partition of the disk into the set.
 * Returns 0, BB_VOLUME_UNKNOWN or BB_VOLUME_TWICE.
 */
int volume_set_add(struct volume_set *set, const char *label, const char *node);

/*
 * Whether the set is whole for a device in this state.
 * Returns 0, BB_VOLUME_MISSING or BB_VOLUME_UNKNOWN, and the volume at fault.
 */
int volume_set_check(const struct volume_set *set, bool closed, enum volume *ret_fault);

/* "boot", "rootA", ... */
const char *volume_name(enum volume volume);

#endif
