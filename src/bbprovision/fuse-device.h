/* SPDX-License-Identifier: Apache-2.0 */
/* The fuses as struct fuse_io has them: through nvmem, or a plain file in their place. */
#ifndef BB_FUSE_DEVICE_H
#define BB_FUSE_DEVICE_H

#include <stdbool.h>

#include "fuse-burn.h"
#include "provision.h"

struct fuse_device {
	int fd;
	bool is_file; /* it keeps no bits by itself: those that are 1 stay so */
};

/*
 * Opens what the configuration names: an nvmem device, or by its absolute path a file with the same
 * words, as the tests use it. Returns STATUS_GOOD; or STATUS_REFUSED with fuses-unreadable.
 */
int fuse_device_open(struct provision *p, bool for_burning, struct fuse_device *ret);

/* For struct fuse_io, with the device as its context. */
int fuse_device_read(void *device, uint32_t offset, uint32_t *ret);
int fuse_device_write(void *device, uint32_t offset, uint32_t bits);

#endif
