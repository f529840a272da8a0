/* SPDX-License-Identifier: Apache-2.0 */
/* A partition's filesystem behind dm-verity: only blocks that the root hash covers can be read. */
#ifndef BB_VERITY_H
#define BB_VERITY_H

#include <stdbool.h>

#include "manifest.h"

/*
 * Maps the partition's filesystem, read-only, as /dev/mapper/<name>; the node is there afterwards.
 * A block that is another one cannot be read, or ends the running system at once (panic). Returns 0
 * or a negative errno.
 */
int verity_open(const struct manifest *manifest, const char *device, const char *name, bool panic);

/* Returns 0 or a negative errno. */
int verity_close(const char *name);

#endif
