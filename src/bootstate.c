// SPDX-License-Identifier: Apache-2.0
// Keeps the boot state and its copy; see bootstate.h.

#include <errno.h>
#include <string.h>

#include "bootstate.h"
#include "slot.h"
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

// The slot that the last boot tried first, from the state that it found.
static enum slot tried_last(const struct bootenv *last)
{
	struct slot_plan plan;

	slot_decide(last, &plan);
	return plan.candidate[0].slot;
}

/*
 * Corrects what cannot be meant, from what the last boot found. The OS changes resin_root_part
 * first and upgrade_available then, and a cut between the two, or a sector from an older file,
 * leaves a state that nobody ever wrote. A slot that nobody has tried is tried as an update, a slot
 * that is gone back to is not, and a count counts attempts of this update only. Returns whether
 * anything was corrected.
 */
static bool correct(struct bootenv *now, const struct bootenv *last)
{
	bool tried = now->root == tried_last(last);
	bool other_than_update = last->upgrade_available && now->root != last->root;
	bool same_update = last->upgrade_available && now->root == last->root;
	unsigned int most = same_update ? last->bootcount + 1 : 0;

	if (!now->upgrade_available) {
		if (tried || other_than_update)
			return false;
		now->upgrade_available = true;
		now->bootcount = 0;
		return true;
	}
	// The last boot had gone back to this slot, and the count is still that of the update it
	// left.
	if (tried && other_than_update && now->bootcount) {
		now->upgrade_available = false;
		return true;
	}
	if (now->bootcount <= most)
		return false;
	now->bootcount = most;
	return true;
}

static int set_number(struct bootstate *state, const char *key, unsigned int value)
{
	char number[12];
	struct text text = TEXT_IN(number);

	text_add_number(&text, value);
	return bootenv_set(state->block, state->size, key, number);
}

void bootstate_load(const struct bootstate_io *io, struct bootstate *ret)
{
	uint8_t copy[BOOTENV_SIZE_MAX];
	struct bootenv last;
	int size = load_block(io, BOOTSTATE_FILE, ret->block, &ret->env);
	int copy_size = load_block(io, BOOTSTATE_COPY, copy, &last);

	ret->source = BOOTSTATE_ORIGINAL;
	if (size < 0 && copy_size < 0) {
		ret->env = (struct bootenv){ .root = SLOT_A };
		ret->source = BOOTSTATE_DEFAULT;
		size = 0;
	} else if (size < 0) {
		ret->env = last;
		ret->source = BOOTSTATE_FROM_COPY;
		size = copy_size;
		memcpy(ret->block, copy, (size_t)size);
	}
	ret->size = (size_t)size;
	if (ret->source == BOOTSTATE_ORIGINAL && copy_size >= 0 && correct(&ret->env, &last))
		ret->source = BOOTSTATE_CORRECTED;
}

static bool sector_differs(const uint8_t *a, const uint8_t *b, size_t size, size_t at)
{
	size_t length = size - at < SECTOR ? size - at : SECTOR;

	return memcmp(a + at, b + at, length) != 0;
}

/*
 * Turns the file from old into new. One sector is written at once. More than one are not: the
 * header is made invalid first and comes back last, so that a cut in between leaves a file that
 * is no environment block, and the other file takes over. Without another file it is not done.
 */
static int replace(const struct bootstate_io *io, const char *name, const uint8_t *old,
	const uint8_t *new, size_t size, bool alone)
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
	if (alone)
		return -EIO;
	error = io->write(io->context, name, 0, no_header, SECTOR);
	if (!error)
		error = io->write(io->context, name, SECTOR, new + SECTOR, size - SECTOR);
	return error ? error : io->write(io->context, name, 0, new, SECTOR);
}

/*
 * Writes the block over whatever the file holds. A longer file keeps its length: padding fills it.
 * The result is read again: on a FAT whose chains a cut has torn, one sector may lie in two places.
 */
static int put(const struct bootstate_io *io, const char *name, const struct bootstate *state,
	bool alone)
{
	uint8_t old[BOOTENV_SIZE_MAX], new[BOOTENV_SIZE_MAX];
	int old_size = io->read(io->context, name, old, sizeof(old));
	size_t size = old_size > (int)state->size ? (size_t)old_size : state->size;
	int error;

	if (old_size < 0 && old_size != -ENOENT)
		return old_size;
	memset(new, '#', sizeof(new));
	memcpy(new, state->block, state->size);
	// What the file lacks differs, whatever the block holds there.
	for (size_t i = old_size < 0 ? 0 : (size_t)old_size; i < sizeof(old); i++)
		old[i] = (uint8_t)~new[i];
	error = replace(io, name, old, new, size, alone);
	if (!error && (io->read(io->context, name, old, sizeof(old)) != (int)size ||
	    memcmp(old, new, size)))
		error = -EIO;
	return error;
}

int bootstate_store(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount)
{
	bool corrected = state->source == BOOTSTATE_CORRECTED;
	uint8_t copy[BOOTENV_SIZE_MAX];
	struct bootenv stale;
	int copied = 0, error = 0;

	if (!state->size)
		return count ? -ENOENT : 0;
	if (state->source == BOOTSTATE_ORIGINAL)
		copied = put(io, BOOTSTATE_COPY, state, false);
	// A copy that has stayed behind, but is whole, would correct the next boot's state wrongly.
	if (copied && load_block(io, BOOTSTATE_COPY, copy, &stale) >= 0)
		return copied;
	if (corrected)
		error = set_number(state, "upgrade_available", state->env.upgrade_available);
	if (!error && count)
		error = set_number(state, "bootcount", bootcount);
	if (!error)
		error = put(io, BOOTSTATE_FILE, state, copied != 0);
	// The copy still says what showed the mistake: it changes when the original is right.
	if (!error && corrected)
		error = put(io, BOOTSTATE_COPY, state, false);
	return error || count ? error : copied;
}
