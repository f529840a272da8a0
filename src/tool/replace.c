// SPDX-License-Identifier: Apache-2.0
// Replaces files so that a power cut leaves whole ones; see replace.h.

#include "replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CHUNK_SIZE 4096
#define PLACES 10 /* temporary names to try */

static int write_all(int fd, const uint8_t *data, size_t size)
{
	ssize_t n;

	for (size_t at = 0; at < size; at += (size_t)n) {
		n = write(fd, data + at, size - at);
		if (n < 0)
			return -errno;
	}
	return 0;
}

// 1 when the file has these contents, 0 when it has others, or a negative errno.
static int compare(int fd, const uint8_t *data, size_t size)
{
	uint8_t chunk[CHUNK_SIZE];
	ssize_t n;

	for (size_t at = 0;; at += (size_t)n) {
		n = read(fd, chunk, sizeof(chunk));
		if (n <= 0)
			return n < 0 ? -errno : at == size;
		if ((size_t)n > size - at || memcmp(chunk, data + at, (size_t)n))
			return 0;
	}
}

static int compare_named(int directory, const char *name, const uint8_t *data, size_t size)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int result = fd < 0 ? -errno : compare(fd, data, size);

	if (fd >= 0)
		close(fd);
	return result;
}

// What cannot be read is not the same.
static bool same_contents(int one, int other)
{
	uint8_t chunk[CHUNK_SIZE], again[CHUNK_SIZE];
	ssize_t n;

	do {
		n = read(one, chunk, sizeof(chunk));
		if (n < 0 || read(other, again, sizeof(again)) != n || memcmp(chunk, again, (size_t)n))
			return false;
	} while (n);
	return true;
}

/*
 * Two names for the same clusters are two equal files. To remove one is to free what the other has: that
 * is for fsck.
 */
static int remove_leftover(int directory, const struct replacement *file)
{
	int left = openat(directory, file->temporary, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int there = openat(directory, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool same = left >= 0 && there >= 0 && same_contents(left, there);

	if (there >= 0)
		close(there);
	if (left < 0)
		return 0;
	close(left);
	if (same)
		return -EEXIST;
	return unlinkat(directory, file->temporary, 0) ? -errno : 0;
}

// Only a FAT has a place for each name, and readdir(3) gives the names in that order.
static bool is_fat(int directory)
{
	struct statfs st;

	return fstatfs(directory, &st) || st.f_type == MSDOS_SUPER_MAGIC;
}

// Whether the temporary name comes behind the name in the directory.
static bool stands_behind(int directory, const struct replacement *file)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool seen = false, behind = false;

	while (dir && (entry = readdir(dir))) {
		seen |= !strcasecmp(entry->d_name, file->name);
		behind |= seen && !strcasecmp(entry->d_name, file->temporary);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return behind;
}

static int name_temporary(struct replacement *file, int number)
{
	free(file->temporary);
	if (asprintf(&file->temporary, "%s.new%d", file->name, number) >= 0)
		return 0;
	file->temporary = NULL;
	return -ENOMEM;
}

// What an earlier call was cut with.
static int remove_leftovers(int directory, struct replacement *file)
{
	int error = 0;

	for (int i = 0; !error && i < PLACES; i++) {
		error = name_temporary(file, i);
		if (!error)
			error = remove_leftover(directory, file);
	}
	return error;
}

// Makes the empty file. One that fills a gap in front of the name stays until there is one behind it.
static int make_temporary(int directory, struct replacement *file)
{
	int error, fillers = 0;

	do {
		if (file->fd >= 0)
			close(file->fd);
		file->fd = -1;
		error = fillers < PLACES ? name_temporary(file, fillers) : -ENOSPC;
		if (error)
			break;
		file->fd = openat(directory, file->temporary,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
		error = file->fd < 0 ? -errno : 0;
	} while (!error && is_fat(directory) && !stands_behind(directory, file) && ++fillers);
	for (int i = 0; i < fillers; i++) {
		struct replacement filler = { .name = file->name };

		if (!name_temporary(&filler, i))
			unlinkat(directory, filler.temporary, 0);
		free(filler.temporary);
	}
	return error;
}

// The new file, wholly on the disk, and read from there. It stays open.
static int prepare(int directory, struct replacement *file)
{
	int error = remove_leftovers(directory, file), same;

	if (!error)
		error = make_temporary(directory, file);
	if (!error)
		error = write_all(file->fd, file->data, file->size);
	if (!error && fsync(file->fd))
		error = -errno;
	if (error)
		return error;
	posix_fadvise(file->fd, 0, 0, POSIX_FADV_DONTNEED); // or the cache would be compared
	same = compare_named(directory, file->temporary, file->data, file->size);
	return same == 1 ? 0 : same ? same : -EIO;
}

/*
 * The directory goes to the disk first, and with it that the temporary name is gone; then the entry. In
 * between, nobody has the new file. The other way round two names would have it.
 */
static int put_in_place(int directory, struct replacement *file)
{
	int old = openat(directory, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int error = old < 0 ? -errno : 0, same;

	if (!error && renameat(directory, file->temporary, directory, file->name))
		error = -errno;
	if (!error && (fsync(directory) || fsync(file->fd) || fsync(directory)))
		error = -errno;
	if (old >= 0)
		close(old); // frees its clusters
	if (error)
		return error;
	same = compare_named(directory, file->name, file->data, file->size);
	return same == 1 ? 0 : same ? same : -EIO;
}

// Whether it is to be replaced: it is there, and has other contents, or some that cannot be read.
static int differs(int directory, const struct replacement *file)
{
	int same = compare_named(directory, file->name, file->data, file->size);

	return same == -ENOENT ? same : same != 1;
}

static int prepare_all(int directory, struct replacement *files, size_t count, const char **ret_name)
{
	for (size_t i = 0; i < count; i++) {
		int error = differs(directory, &files[i]);

		*ret_name = files[i].name;
		if (error > 0)
			error = prepare(directory, &files[i]);
		if (error)
			return error;
	}
	return fsync(directory) ? -errno : 0;
}

static int put_all(int directory, struct replacement *files, size_t count, const char **ret_name,
	size_t *ret_done)
{
	for (*ret_done = 0; *ret_done < count; ++*ret_done) {
		struct replacement *file = &files[*ret_done];
		int error = file->fd < 0 ? 0 : put_in_place(directory, file);

		*ret_name = file->name;
		if (error)
			return error;
		free(file->temporary);
		file->temporary = NULL;
	}
	return 0;
}

int replace_files(int directory, struct replacement *files, size_t count, const char **ret_name,
	size_t *ret_done)
{
	int error;

	*ret_done = 0;
	for (size_t i = 0; i < count; i++)
		files[i].fd = -1;
	error = prepare_all(directory, files, count, ret_name);
	if (!error)
		error = put_all(directory, files, count, ret_name, ret_done);
	for (size_t i = 0; i < count; i++) {
		if (files[i].fd >= 0)
			close(files[i].fd);
		if (files[i].fd >= 0 && files[i].temporary) // written, and not put in place
			unlinkat(directory, files[i].temporary, 0);
		free(files[i].temporary);
	}
	return error;
}
