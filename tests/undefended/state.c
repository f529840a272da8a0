// SPDX-License-Identifier: Apache-2.0
// The boot state without its care, for the power cuts in tests/faults.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "boot.h"
#include "mounts.h"
#include "system.h"
#include "wrap.h"

/*
 * As today's scripts do, with grub-editenv: the file is truncated and written again. What it held is gone
 * when the power goes in between.
 */
static int store_truncating(struct boot *b, struct bootstate *state, unsigned int bootcount)
{
	char number[12];
	struct text text = TEXT_IN(number);
	int error = remount_boot_volume(b, true);
	cleanup_fd int fd = -1;

	text_add_number(&text, bootcount);
	if (!error)
		error = bootenv_set(state->block, state->size, "bootcount", number);
	if (error)
		return error;
	fd = openat(b->boot_dir, BOOTSTATE_FILE, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || fsync(fd) || write(fd, state->block, state->size) < 0)
		return -errno;
	return fsync(fd) ? -errno : 0;
}

// count: no attempt is counted. copy: there is no copy, and nothing is written in place.
typedef int bootstate_store_call(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount);
bootstate_store_call __real_bootstate_store, __wrap_bootstate_store;
int __wrap_bootstate_store(const struct bootstate_io *io, struct bootstate *state, bool count,
	unsigned int bootcount)
{
	if (undefended("copy"))
		return count ? store_truncating(io->context, state, bootcount) : 0;
	return __real_bootstate_store(io, state, count && !undefended("count"), bootcount);
}
