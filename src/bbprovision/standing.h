/* SPDX-License-Identifier: Apache-2.0 */
/* Where the provisioning of a device stands. */
#ifndef BB_STANDING_H
#define BB_STANDING_H

#include "fuse-plan.h"

/*
 * The name of where it stands, by what the fuses hold, whether the disk has the partitions of a
 * closed device, and whether all its key blobs can be used; see status_help.
 */
const char *standing(const struct fuse_words *fuses, bool is_split, bool is_keyed);

#endif
