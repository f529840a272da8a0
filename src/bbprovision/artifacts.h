/* SPDX-License-Identifier: Apache-2.0 */
/* The signed files that a device is to start, which must all be good before a fuse is burnt. */
#ifndef BB_ARTIFACTS_H
#define BB_ARTIFACTS_H

#include "provision.h"

struct artifacts {
	uint8_t fuses[32];    /* the SRK hash that they must be signed for */
	unsigned int revoked; /* the device's SRK_REVOKE fuses */

	/* What was found. */
	unsigned int count, slot;
	unsigned int slots; /* one bit for each slot that a file is signed in */
	bool is_development;
	char of_slot[4][128]; /* the first file of each slot */
};

/*
 * Verifies each file as the boot ROM and U-Boot would (sign/artifact.h), in the one form that
 * bbsign writes. A file is read once, and nothing of it is used but what was verified. Returns
 * STATUS_GOOD; or STATUS_REFUSED with artifact-refused.
 */
int artifacts_add(struct provision *p, struct artifacts *set, char **files, int count);

/*
 * The same for the regular files of a directory, but not of those below it. A file that is not
 * signed for the boot ROM needs no slot and is passed over, unless U-Boot looks for it by its name
 * on a FAT (is_fat): Image.gz, Image, *.dtb, imx-boot*.
 */
int artifacts_add_directory(
	struct provision *p, struct artifacts *set, int dir_fd, const char *directory, bool is_fat);

/* At least one, and all of one slot; otherwise artifact-refused or slots-differ. */
int artifacts_agree(struct provision *p, const struct artifacts *set);

/* A member "artifacts" of the answer in JSON, or a line of it. */
void artifacts_print(struct provision *p, const struct artifacts *set);

#endif
