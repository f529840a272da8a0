/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot state on its volume: the file `bootenv`, which the operating system edits, and a copy of
 * our own that takes over when a power cut caught an editor between truncating and writing.
 * All access goes through struct bootstate_io, so that every cut can be tried on the host.
 */
#ifndef BB_BOOTSTATE_H
#define BB_BOOTSTATE_H

#include <stddef.h>
#include <stdint.h>

#include "bootenv.h"

#define BOOTSTATE_FILE "bootenv"
#define BOOTSTATE_COPY "bootenv.copy"

struct bootstate_io {
	void *context;
	/* Reads a whole file of at most size bytes: its length, or a negative errno (-EFBIG: longer). */
	int (*read)(void *context, const char *name, uint8_t *data, size_t size);
	/* Writes at an offset, making the file when there is none; on the disk when it returns 0. */
	int (*write)(void *context, const char *name, size_t offset, const uint8_t *data, size_t size);
};

enum bootstate_source {
	BOOTSTATE_ORIGINAL,
	BOOTSTATE_CORRECTED, /* the original, with what must have been meant */
	BOOTSTATE_FROM_COPY,
	BOOTSTATE_DEFAULT,
};

struct bootstate {
	struct bootenv env;
	enum bootstate_source source;
	size_t size; /* of block; 0 when nothing was found */
	uint8_t block[BOOTENV_SIZE_MAX];
};

/*
 * Reads the state. The copy holds what the last boot found; it takes over as it is when the
 * original is no environment block. Where both are whole, they show what a cut has left of an edit
 * of the OS:
 * - another slot than the one that was tried last, without upgrade_available, is an update that was
 *   being written, unless the last boot saw an update of the other slot: it is one, with count 0;
 * - the slot that the last boot had gone back to, with upgrade_available and a count, is a way back
 *   that was being written: it is no update;
 * - a count above what the last boot can have left belongs to another update: it is lowered to
 *   that. Without both files: slot A. Never fails.
 */
void bootstate_load(const struct bootstate_io *io, struct bootstate *ret);

/*
 * Brings the files up to date: the copy first, then the original, with the raised bootcount when
 * count is set; a corrected state goes to the original first. Each write is on the disk before the
 * next; after a cut at any point the next load finds the old or the new state whole. A copy that
 * cannot be written keeps a count from being written only while it is still whole: it would correct
 * the next state wrongly.
 * Returns 0 or a negative errno.
 */
int bootstate_store(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount);

#endif
