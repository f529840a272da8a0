// SPDX-License-Identifier: Apache-2.0
// A premise: in place of src/bootstate.c, what a shell script does with grub-editenv. No copy, no fsync, and the
// file is truncated before it is written.

#include <errno.h>
#include <stdio.h>

#include "sim.h"

void bootstate_load(const struct bootstate_io *io, struct bootstate *ret)
{
	int size = io->read(io->context, BOOTSTATE_FILE, ret->block, BOOTENV_SIZE_MAX);

	ret->source = BOOTSTATE_ORIGINAL;
	ret->size = size > 0 ? (size_t)size : 0;
	if (!bootenv_parse(ret->block, ret->size, &ret->env))
		return;
	ret->env = (struct bootenv){ .root = SLOT_A };
	ret->source = BOOTSTATE_DEFAULT;
}

int bootstate_store(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount)
{
	char number[12];

	(void)io;
	if (!count)
		return 0;
	if (state->source == BOOTSTATE_DEFAULT)
		return -ENOENT;
	snprintf(number, sizeof(number), "%u", bootcount);
	fat_remount(sim_fat, true);
	os_set(sim_fat, "bootcount", number);
	fat_remount(sim_fat, false); // umount
	return 0;
}
