// SPDX-License-Identifier: Apache-2.0
// The slot stage: reads the boot state, decides, and counts the attempt before it is made.

#include "boot.h"
#include "error.h"
#include "mounts.h"
#include "system.h"

static int write_state_file(void *context, const char *name, size_t offset, const uint8_t *data,
	size_t size)
{
	struct boot *b = context;
	int error = remount_boot_volume(b, true);

	return error ? error : write_file(b->boot_dir, name, offset, data, size);
}

/*
 * The volume is writable only while the state is being written, and not at all when nothing
 * changes: each remount writes the FAT's first sector (fs/fat/inode.c, fat_set_state).
 */
static int store_state(struct boot *b, const struct bootstate_io *io)
{
	int error = bootstate_store(io, &b->state, b->plan.count, b->plan.bootcount);
	int back = remount_boot_volume(b, false);

	return error ? error : back;
}

/*
 * An attempt that cannot be counted is made last: the slot from before the update comes first, as
 * if the count were full. A state from the copy keeps its order: the OS that was editing the
 * original ran from the first slot of it.
 */
static int give_up_update(struct boot *b)
{
	boot_warn(b, "attempt cannot be counted, update left out: ", BOOTSTATE_FILE);
	if (b->state.source != BOOTSTATE_FROM_COPY) {
		b->state.env.bootcount = SLOT_ROLLBACK_COUNT;
		slot_decide(&b->state.env, &b->plan);
	}
	b->plan.count = false;
	return 0;
}

int slot_stage(struct boot *b)
{
	const struct bootstate_io io = { b, read_boot_file, write_state_file };
	int error;

	bootstate_load(&io, &b->state);
	if (b->state.source == BOOTSTATE_CORRECTED)
		boot_warn(b, "boot state was half written, corrected: ", BOOTSTATE_FILE);
	if (b->state.source == BOOTSTATE_FROM_COPY)
		boot_warn(b, "boot state recovered from its copy: ", BOOTSTATE_COPY);
	if (b->state.source == BOOTSTATE_DEFAULT)
		boot_warn(b, "no boot state, slot A is taken: ", BOOTSTATE_FILE);
	if (b->state.env.discarded)
		boot_warn(b, "boot state has bad values: ", BOOTSTATE_FILE);
	slot_decide(&b->state.env, &b->plan);
	b->report.plan = &b->plan;
	error = store_state(b, &io);
	if (!error)
		return 0;
	if (b->plan.count)
		return give_up_update(b);
	boot_warn(b, "boot state cannot be written: ", BOOTSTATE_COPY);
	return 0;
}
