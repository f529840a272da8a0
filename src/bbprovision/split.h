/* SPDX-License-Identifier: Apache-2.0 */
/* What the other commands know about a disk that was split. */
#ifndef BB_SPLIT_H
#define BB_SPLIT_H

/*
 * So many sectors at the beginning of each partition are zero until something is written into it:
 * the first superblocks of all filesystems are among them.
 */
#define SPLIT_ZERO_SECTORS 128

#endif
