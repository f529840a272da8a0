/* SPDX-License-Identifier: Apache-2.0 */
/* The partitions of a disk as init judges them, on a closed device or on an open one. */
#ifndef BB_JUDGE_H
#define BB_JUDGE_H

#include "partitions.h"
#include "verdict.h"
#include "volume.h"

/*
 * The disk stage: whether the set is exactly the expected one. Refused: BB_VOLUME_MISSING,
 * BB_VOLUME_TWICE, BB_VOLUME_UNKNOWN.
 */
void judge_partitions(const struct partitions *p, bool closed, struct verdict *verdict);

/*
 * What init finds when it opens or mounts a volume, as far as that shows from outside. Refused:
 * BB_BOOT_MOUNT, BB_VOLUME_FOREIGN.
 */
void judge_filesystem(const struct partition *partition, bool closed, struct verdict *verdict);

/* The first partition that is this volume, or NULL. */
const struct partition *find_partition(const struct partitions *p, enum volume volume);

#endif
