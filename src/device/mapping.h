/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted volumes: their mappings (dm-crypt). Their keys are in a keyring: volume-key.h. */
#ifndef BB_MAPPING_H
#define BB_MAPPING_H

#include <stdint.h>

#include "layout.h"

/*
 * Maps the partition that holds a volume, as /dev/mapper/<label>; the node is there afterwards.
 * Returns 0 or a negative errno.
 */
int mapping_open(const struct layout *layout, enum volume volume, const char *node,
	const char *label);

/*
 * Maps a device under the k-th key of a layout, with IVs that count from iv_offset, in units of 512
 * bytes, as /dev/mapper/<label>. Returns 0 or a negative errno.
 */
int mapping_create(const struct layout *layout, unsigned int k, uint64_t iv_offset, const char *node,
	const char *label);

/* Returns 0 or a negative errno. */
int mapping_close(const char *label);

#endif
