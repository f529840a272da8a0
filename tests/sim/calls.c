// SPDX-License-Identifier: Apache-2.0
// The system calls of src/device/system.c and init/mounts.c, on the simulated volume: sim.mk links each in place of
// the real one (ld --wrap).

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "mounts.h"
#include "sim.h"

#define DESCRIPTORS 4
#define FIRST_DESCRIPTOR (SIM_DIRECTORY + 1)

struct fat *sim_fat;
enum refusal sim_refuses;

static struct descriptor {
	int slot; // of the short name; 0: not open
	size_t offset;
} descriptors[DESCRIPTORS];

int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_close(int fd);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t offset);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fsync(int fd);
int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
	const void *options);

// The result of a call, or -1 with errno set.
static int answer(int result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static struct descriptor *descriptor(int fd)
{
	return fd >= FIRST_DESCRIPTOR && fd < FIRST_DESCRIPTOR + DESCRIPTORS ?
		&descriptors[fd - FIRST_DESCRIPTOR] : NULL;
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	enum file file = !strcmp(path, BOOTSTATE_FILE) ? FILE_BOOTENV :
		!strcmp(path, BOOTSTATE_COPY) ? FILE_COPY : FILE_NONE;
	int slot;

	if (directory != SIM_DIRECTORY || file == FILE_NONE)
		return answer(-ENOENT);
	if ((flags & O_ACCMODE) != O_RDONLY && !sim_fat->writable)
		return answer(-EROFS);
	slot = fat_find(sim_fat, file);
	if (slot == -ENOENT && flags & O_CREAT && sim_refuses == REFUSES_FILES)
		return answer(-ENOSPC);
	if (slot == -ENOENT && flags & O_CREAT)
		slot = fat_create(sim_fat, file);
	if (slot < 0)
		return answer(slot);
	for (int i = 0; i < DESCRIPTORS; i++) {
		if (descriptors[i].slot)
			continue;
		descriptors[i] = (struct descriptor){ .slot = slot };
		return FIRST_DESCRIPTOR + i;
	}
	return answer(-EMFILE);
}

int __wrap_close(int fd)
{
	struct descriptor *d = descriptor(fd);

	if (!d || !d->slot)
		return answer(-EBADF);
	d->slot = 0;
	return 0;
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
	struct descriptor *d = descriptor(fd);
	int n = d && d->slot ? fat_read(sim_fat, d->slot, d->offset, data, size) : -EBADF;

	if (n > 0)
		d->offset += (size_t)n;
	return answer(n);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t size, off_t offset)
{
	struct descriptor *d = descriptor(fd);

	if (sim_refuses == REFUSES_WRITES)
		return answer(-EIO);
	return answer(d && d->slot ? fat_write(sim_fat, d->slot, (size_t)offset, data, size) : -EBADF);
}

int __wrap_fstat(int fd, struct stat *ret)
{
	struct descriptor *d = descriptor(fd);

	if (!d || !d->slot)
		return answer(-EBADF);
	*ret = (struct stat){ .st_mode = S_IFREG, .st_size = (off_t)fat_size(sim_fat, d->slot) };
	return 0;
}

int __wrap_fsync(int fd)
{
	struct descriptor *d = descriptor(fd);

	if (fd == SIM_DIRECTORY) {
		fat_sync_directory(sim_fat);
		return 0;
	}
	if (!d || !d->slot)
		return answer(-EBADF);
	if (sim_refuses == REFUSES_SYNC)
		return answer(-EIO);
	fat_sync_file(sim_fat, d->slot);
	return 0;
}

int __wrap_mount(const char *source, const char *target, const char *type, unsigned long flags,
	const void *options)
{
	(void)options;
	if (source || type || !(flags & MS_REMOUNT) || strcmp(target, MOUNT_IMX))
		return answer(-EINVAL);
	if (sim_refuses == REFUSES_REMOUNT)
		return answer(-EROFS);
	fat_remount(sim_fat, !(flags & MS_RDONLY));
	return 0;
}
