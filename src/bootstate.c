// SPDX-License-Identifier: Apache-2.0
// Keeps the boot state and its copy; see bootstate.h.

#include <errno.h>
#include <string.h>

#include "bootstate.h"
#include "text.h"

// The unit that a disk writes whole or not at all.
#define SECTOR 512

// The length of a whole environment block in the file, or a negative errno.
static int load_block(const struct bootstate_io *io, const char *name,
	uint8_t block[static BOOTENV_SIZE_MAX], struct bootenv *ret)
{
	int size = io->read(io->context, name, block, BOOTENV_SIZE_MAX);

	if (size < 0)
		return size;
	return bootenv_parse(block, (size_t)size, ret) ? -EINVAL : size;
}

void bootstate_load(const struct bootstate_io *io, struct bootstate *ret)
{
	int size = load_block(io, BOOTSTATE_FILE, ret->block, &ret->env);

	ret->source = BOOTSTATE_ORIGINAL;
	if (size < 0) {
		size = load_block(io, BOOTSTATE_COPY, ret->block, &ret->env);
		ret->source = BOOTSTATE_FROM_COPY;
		if (size >= 0 && ret->env.upgrade_available &&
		    bootenv_set(ret->block, (size_t)size, "upgrade_available", "0"))
			size = -EINVAL;
		ret->env.upgrade_available = false;
	}
	if (size < 0) {
		ret->env = (struct bootenv){ .root = SLOT_A };
		ret->source = BOOTSTATE_DEFAULT;
		size = 0;
	}
	ret->size = (size_t)size;
}

static bool sector_differs(const uint8_t *a, const uint8_t *b, size_t size, size_t at)
{
	size_t length = size - at < SECTOR ? size - at : SECTOR;

	return memcmp(a + at, b + at, length) != 0;
}

/*
 * Turns the file from old into new. One sector is written at once. More than one are not: the
 * header is made invalid first and comes back last, so that a cut in between leaves a file that
 * is no environment block, and the copy takes over.
 */
static int replace(const struct bootstate_io *io, const char *name, const uint8_t *old,
	const uint8_t *new, size_t size)
{
	static const uint8_t no_header[SECTOR];
	size_t differing = 0, last = 0;
	int error;

	for (size_t at = 0; at < size; at += SECTOR) {
		if (sector_differs(old, new, size, at)) {
			differing++;
			last = at;
		}
	}
	if (differing <= 1)
		return differing ? io->write(io->context, name, last, new + last,
			size - last < SECTOR ? size - last : SECTOR) : 0;
	error = io->write(io->context, name, 0, no_header, SECTOR);
	if (!error)
		error = io->write(io->context, name, SECTOR, new + SECTOR, size - SECTOR);
	return error ? error : io->write(io->context, name, 0, new, SECTOR);
}

// Writes a block over whatever the file holds. A longer file keeps its length: padding fills it.
static int put(const struct bootstate_io *io, const char *name, const uint8_t *block, size_t size)
{
	uint8_t old[BOOTENV_SIZE_MAX], new[BOOTENV_SIZE_MAX];
	int old_size = io->read(io->context, name, old, sizeof(old));

	if (old_size < 0 && old_size != -ENOENT)
		return old_size;
	memset(new, '#', sizeof(new));
	memcpy(new, block, size);
	// What the file lacks differs, whatever the block holds there.
	for (size_t i = old_size < 0 ? 0 : (size_t)old_size; i < sizeof(old); i++)
		old[i] = (uint8_t)~new[i];
	return replace(io, name, old, new, old_size > (int)size ? (size_t)old_size : size);
}

int bootstate_store(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount)
{
	int error = 0;

	if (!state->size)
		return count ? -ENOENT : 0;
	if (state->source == BOOTSTATE_ORIGINAL)
		error = put(io, BOOTSTATE_COPY, state->block, state->size);
	if (!error && count) {
		char number[12];
		struct text text = TEXT_IN(number);

		text_add_number(&text, bootcount);
		error = bootenv_set(state->block, state->size, "bootcount", number);
	}
	return error ? error : put(io, BOOTSTATE_FILE, state->block, state->size);
}
