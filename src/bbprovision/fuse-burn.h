/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Burns fuses, one word at a time, each read back: all fuses must then hold what they held and the
 * bits that were burnt. Through a table of functions, so that tests/sim/fuses can cut it at every
 * bit.
 */
#ifndef BB_FUSE_BURN_H
#define BB_FUSE_BURN_H

#include "fuse-plan.h"

struct fuse_io {
	void *context;
	/* One word; as the next, 0 or a negative errno. -EACCES: it is locked against reading. */
	int (*read)(void *context, uint32_t offset, uint32_t *ret);
	/* Burns bits. -EPERM: the word is locked. */
	int (*write)(void *context, uint32_t offset, uint32_t bits);
	/*
	 * Whether what is to run on the device starts with its fuses as they will be: asked right
	 * before the first write and before each that is final. Anything but PROVISION_NONE ends it
	 * there.
	 */
	enum provision_reason (*check)(void *context, const struct fuse_write *next);
};

struct fuse_outcome {
	enum provision_reason reason; /* PROVISION_NONE: the goal is reached */
	struct fuse_write at; /* otherwise the word at fault, and the bits of it that matter */
	int error;            /* of a read or a write that failed: a negative errno; else 0 */
	unsigned int burnt;   /* writes that were made and read back */
};

/* Reads them all. Refused: PROVISION_FUSES_UNREADABLE, with the word in ret_outcome. */
enum provision_reason fuse_read_all(
	const struct fuse_io *io, struct fuse_words *ret, struct fuse_outcome *ret_outcome);

/* Goes on until the goal is reached or something is refused; then nothing more is written. */
struct fuse_outcome fuse_burn(const struct fuse_io *io, const struct fuse_goal *goal);

#endif
