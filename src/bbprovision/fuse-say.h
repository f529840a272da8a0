/* SPDX-License-Identifier: Apache-2.0 */
/* Fuses in words: which word, which bits, and what each is for. */
#ifndef BB_FUSE_SAY_H
#define BB_FUSE_SAY_H

#include "fuse-burn.h"
#include "provision.h"
#include "text.h"

#define FUSE_NAME_SIZE 80

/*
 * One write, for a person as
 *     0x064 SRK_HASH[1]: 0x00000000 -> 0x00000413, bits 0 1 4 10
 * or as an element of the array in the JSON object. before: what the word holds without it.
 */
void fuse_print_write(struct provision *p, const struct fuse_write *write, uint32_t before);

/* Why burning ended as it did, with the word. Returns STATUS_GOOD or STATUS_REFUSED. */
int fuse_refuse_outcome(struct provision *p, const struct fuse_outcome *outcome);

#endif
