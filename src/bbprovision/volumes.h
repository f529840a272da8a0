/* SPDX-License-Identifier: Apache-2.0 */
/* The encrypted volumes of a closed device. */
#ifndef BB_VOLUMES_H
#define BB_VOLUMES_H

#include "device.h"

/*
 * Closes those that are open, when what was written is on the disk. Returns STATUS_GOOD; or
 * STATUS_REFUSED with volume-busy.
 */
int volumes_close(struct provision *p, const struct device *d);

#endif
