/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The FIT with which U-Boot's SPL finds U-Boot, its device tree and the firmware beside it (U-Boot,
 * doc/usage/fit; common/spl/spl_fit.c): a device tree, and behind it the images. Only what is written for
 * i.MX8M is read: images outside the tree, not packed, one of them a device tree, which SPL puts behind
 * U-Boot.
 */
#ifndef BB_FIT_H
#define BB_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIT_IMAGES_MAX 6 /* U-Boot, its device tree, TF-A, OP-TEE, and two more */
#define FIT_NAME_SIZE 32u

struct fit_image {
	char name[FIT_NAME_SIZE];
	bool is_tree, has_load, has_place, has_size, is_relative;
	uint32_t load;  /* where SPL puts it */
	uint32_t place; /* from the FIT's start on */
	uint32_t size;
};

struct fit {
	size_t tree_size;
	struct fit_image images[FIT_IMAGES_MAX];
	size_t count;
};

/*
 * Reads the FIT at the start of these bytes, which may have more behind it. Returns NULL, and all images
 * within the bytes and apart from each other in memory; or what is wrong.
 */
const char *fit_parse(const uint8_t *data, size_t size, struct fit *ret);

#endif
