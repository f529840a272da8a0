// SPDX-License-Identifier: Apache-2.0
// Reads whole files, and replaces them so that a power cut loses nothing.

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static int read_all(int fd, uint8_t *data, size_t size, size_t *ret_size)
{
	ssize_t n;

	for (*ret_size = 0; *ret_size < size; *ret_size += (size_t)n) {
		n = read(fd, data + *ret_size, size - *ret_size);
		if (n < 0)
			return -errno;
		if (!n)
			break;
	}
	return 0;
}

uint8_t *read_whole(const char *file, size_t max, size_t *ret_size)
{
	uint8_t *data = malloc(max + 1);
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : data ? read_all(fd, data, max + 1, ret_size) : -ENOMEM;

	if (fd >= 0)
		close(fd);
	if (error) {
		fail_file(file, "cannot be read: %s", strerror(-error));
		free(data);
		return NULL;
	}
	return data;
}

static int write_all(int fd, const uint8_t *data, size_t size)
{
	ssize_t n;

	for (size_t at = 0; at < size; at += (size_t)n) {
		n = write(fd, data + at, size - at);
		if (n < 0)
			return -errno;
	}
	return fsync(fd) && errno != EINVAL ? -errno : 0; // a device may have nothing to wait for
}

// A new file beside the old one, with its mode; its name is the template, filled in.
static int write_beside(const char *file, mode_t mode, char *template, const uint8_t *data,
	size_t size)
{
	struct stat st;
	int fd = mkostemp(template, O_CLOEXEC), error = fd < 0 ? -errno : 0;

	if (error)
		return error;
	if (!stat(file, &st))
		mode = st.st_mode & 0777;
	if (fchmod(fd, mode))
		error = -errno;
	if (!error)
		error = write_all(fd, data, size);
	if (close(fd) && !error)
		error = -errno;
	if (error)
		unlink(template);
	return error;
}

int sync_directory(const char *directory)
{
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

static int replace(const char *file, mode_t mode, const uint8_t *data, size_t size)
{
	char *template;
	int error;

	if (asprintf(&template, "%s.XXXXXX", file) < 0)
		return -ENOMEM;
	error = write_beside(file, mode, template, data, size);
	if (!error && rename(template, file)) {
		error = -errno;
		unlink(template);
	}
	if (!error)
		error = sync_directory(dirname(template));
	free(template);
	return error;
}

// A device or a pipe has no contents to replace.
static int write_through(const char *file, const uint8_t *data, size_t size)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC), error = fd < 0 ? -errno : 0;

	if (!error)
		error = write_all(fd, data, size);
	if (fd >= 0)
		close(fd);
	return error;
}

static int replace_or_make(const char *file, mode_t mode, const uint8_t *data, size_t size)
{
	char *path = realpath(file, NULL); // behind a link: the link stays
	struct stat st;
	int error;

	if (!path && errno == ENOENT && lstat(file, &st)) // not a link that leads nowhere
		path = strdup(file);
	error = path ? replace(path, mode, data, size) : -errno;
	free(path);
	return error;
}

int write_whole(const char *file, mode_t mode, const uint8_t *data, size_t size)
{
	struct stat st;
	int error = !stat(file, &st) && !S_ISREG(st.st_mode) ? write_through(file, data, size) :
		replace_or_make(file, mode, data, size);

	return error ? fail_file(file, "cannot be written: %s", strerror(-error)) : 0;
}
