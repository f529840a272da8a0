// SPDX-License-Identifier: Apache-2.0
// The system calls of src/tool/replace.c, on the simulated volume: install.mk links each in place of the
// real one (ld --wrap).

#include "calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/vfs.h>

#define DESCRIPTORS 8
#define FIRST (INSTALL_DIRECTORY + 1)
#define INSTALL_LISTING (INSTALL_DIRECTORY - 1)

struct fat *install_fat;
int install_writes_left = -1;

static struct descriptor {
	int slot;            // of the short name; 0: not open; -1: it has no name any more
	unsigned int orphan; // then its first cluster
	size_t offset;
} descriptors[DESCRIPTORS];
static int listed; // the slot that a listing has come to

int __wrap_openat(int directory, const char *path, int flags, ...);
int __wrap_close(int fd);
DIR *__wrap_fdopendir(int fd);
struct dirent *__wrap_readdir(DIR *dir);
int __wrap_closedir(DIR *dir);
int __wrap_fstatfs(int fd, struct statfs *ret);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
int __wrap_fsync(int fd);
int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to);
int __wrap_unlinkat(int directory, const char *path, int flags);
int __real_close(int fd);
ssize_t __real_write(int fd, const void *data, size_t size);

void install_forget(void)
{
	memset(descriptors, 0, sizeof(descriptors));
}

static int answer(int result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

static const struct {
	const char *path;
	unsigned int file;
} names[] = { { "Image.gz", FILE_IMAGE }, { "board.dtb", FILE_TREE }, { "Image.gz.new0", FILE_NEW_IMAGE },
	{ "board.dtb.new0", FILE_NEW_TREE }, { "Image.gz.new1", FILE_NEW_IMAGE_AGAIN },
	{ "board.dtb.new1", FILE_NEW_TREE_AGAIN } };
#define NAMES (sizeof(names) / sizeof(names[0]))

static enum file file_of(const char *path)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (!strcmp(names[i].path, path))
			return (enum file)names[i].file;
	}
	return FILE_NONE;
}

static struct descriptor *descriptor(int fd)
{
	struct descriptor *d = fd >= FIRST && fd < FIRST + DESCRIPTORS ? &descriptors[fd - FIRST] : NULL;

	return d && d->slot ? d : NULL;
}

int __wrap_openat(int directory, const char *path, int flags, ...)
{
	enum file file = file_of(path);
	int slot;

	if (directory == INSTALL_DIRECTORY && flags & O_DIRECTORY)
		return INSTALL_LISTING;
	slot = directory == INSTALL_DIRECTORY && file != FILE_NONE ? fat_find(install_fat, file) : -ENOENT;

	if (slot >= 0 && flags & O_EXCL)
		return answer(-EEXIST);
	if (slot == -ENOENT && flags & O_CREAT && file != FILE_NONE)
		slot = fat_create(install_fat, file);
	if (slot < 0)
		return answer(slot);
	if (flags & O_TRUNC)
		fat_truncate(install_fat, slot);
	for (int i = 0; i < DESCRIPTORS; i++) {
		if (descriptors[i].slot)
			continue;
		descriptors[i] = (struct descriptor){ .slot = slot };
		return FIRST + i;
	}
	return answer(-EMFILE);
}

int __wrap_close(int fd)
{
	struct descriptor *d = descriptor(fd);

	if (!d)
		return __real_close(fd);
	if (d->slot < 0)
		fat_free(install_fat, d->orphan);
	d->slot = 0;
	return 0;
}

// Names in the order of their slots.
DIR *__wrap_fdopendir(int fd)
{
	listed = 0;
	return fd == INSTALL_LISTING ? (DIR *)&listed : NULL;
}

struct dirent *__wrap_readdir(DIR *dir)
{
	static struct dirent entry;

	(void)dir;
	while (++listed < SLOTS) {
		for (size_t i = 0; i < NAMES; i++) {
			if (fat_find(install_fat, (enum file)names[i].file) != listed)
				continue;
			strcpy(entry.d_name, names[i].path);
			return &entry;
		}
	}
	return NULL;
}

int __wrap_closedir(DIR *dir)
{
	(void)dir;
	return 0;
}

int __wrap_fstatfs(int fd, struct statfs *ret)
{
	*ret = (struct statfs){ .f_type = MSDOS_SUPER_MAGIC };
	return fd == INSTALL_DIRECTORY ? 0 : answer(-EBADF);
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
	struct descriptor *d = descriptor(fd);
	int n = d && d->slot > 0 ? fat_read(install_fat, d->slot, d->offset, data, size) : -EBADF;

	if (n > 0)
		d->offset += (size_t)n;
	return answer(n);
}

ssize_t __wrap_write(int fd, const void *data, size_t size)
{
	struct descriptor *d = descriptor(fd);
	int n;

	if (!d)
		return __real_write(fd, data, size); // the report's
	if (!install_writes_left)
		return answer(-ENOSPC);
	install_writes_left -= install_writes_left > 0;
	n = d->slot > 0 ? fat_write(install_fat, d->slot, d->offset, data, size) : -EBADF;
	if (n > 0)
		d->offset += (size_t)n;
	return answer(n);
}

int __wrap_fsync(int fd)
{
	struct descriptor *d = descriptor(fd);

	if (fd == INSTALL_DIRECTORY)
		fat_sync_directory(install_fat);
	else if (d && d->slot > 0)
		fat_sync_file(install_fat, d->slot);
	else
		return answer(-EBADF);
	return 0;
}

// Whoever has the replaced file open keeps its clusters; whoever has the other one open goes with it.
int __wrap_renameat(int from_directory, const char *from, int to_directory, const char *to)
{
	int source = fat_find(install_fat, file_of(from)), target = fat_find(install_fat, file_of(to));
	unsigned int replaced;
	bool is_open = false;

	if (from_directory != INSTALL_DIRECTORY || to_directory != INSTALL_DIRECTORY || source < 0 || target < 0)
		return answer(-ENOENT);
	replaced = fat_rename_open(install_fat, file_of(from), file_of(to));
	for (int i = 0; i < DESCRIPTORS; i++) {
		struct descriptor *d = &descriptors[i];

		if (d->slot == target && !is_open) {
			*d = (struct descriptor){ .slot = -1, .orphan = replaced };
			is_open = true;
		} else if (d->slot == source) {
			d->slot = target;
		}
	}
	if (!is_open)
		fat_free(install_fat, replaced);
	return 0;
}

int __wrap_unlinkat(int directory, const char *path, int flags)
{
	if (directory != INSTALL_DIRECTORY || flags || fat_find(install_fat, file_of(path)) < 0)
		return answer(-ENOENT);
	fat_remove(install_fat, file_of(path));
	return 0;
}
