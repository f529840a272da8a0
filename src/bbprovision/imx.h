/* SPDX-License-Identifier: Apache-2.0 */
/* The volume balena-imx, as long as a command has it mounted. */
#ifndef BB_IMX_H
#define BB_IMX_H

#include "device.h"

/*
 * Mounts it, and opens its top directory. Nobody else may have it mounted: what is read after it
 * was unmounted and mounted again then comes from the device. Returns STATUS_GOOD; or STATUS_REFUSED
 * with disk-busy or boot-mount.
 */
int imx_mount(struct provision *p, const struct device *d, bool writable, int *ret_directory);

/*
 * Unmounts it, once everything is on the device, and lets go of what is in memory of it. Returns
 * STATUS_GOOD; or STATUS_REFUSED with disk-write or disk-busy.
 */
int imx_unmount(struct provision *p, const struct device *d, int *directory);

#endif
