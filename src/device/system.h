/* SPDX-License-Identifier: Apache-2.0 */
/* Small wrappers around system calls; all return 0 or a result, or a negative errno. */
#ifndef BB_SYSTEM_H
#define BB_SYSTEM_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

static inline void close_fd(int *fd)
{
	extern int close(int fd);

	if (*fd >= 0)
		close(*fd);
}

/* A file descriptor that is closed at the end of its scope. */
#define cleanup_fd __attribute__((cleanup(close_fd)))

static inline int steal_fd(int *fd)
{
	int stolen = *fd;

	*fd = -1;
	return stolen;
}

static inline void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}
#define cleanup_dir __attribute__((cleanup(close_dir)))

/* The next entry; NULL at the end, or with *ret_error when the directory cannot be read that far. */
const struct dirent *next_entry(DIR *dir, int *ret_error);

/*
 * Reads a whole file below dir_fd (or AT_FDCWD) of at most size bytes; only a regular file, never
 * through a symlink in its last part. Returns its length; -EFBIG when it is longer.
 */
int read_file(int dir_fd, const char *path, void *data, size_t size);

/* The same for a file of the kernel's in /sys or /proc, as a string without its last newline. */
int read_line(int dir_fd, const char *path, char *text, size_t size);

/* Writes at an offset, making the file when there is none, and waits until it is on the disk. */
int write_file(int dir_fd, const char *path, size_t offset, const void *data, size_t size);

/* Makes a directory if there is none and mounts on it. */
int mount_at(const char *source, const char *target, const char *type, unsigned long flags,
	const char *options);

/* Unmounts and, if that is not possible now, detaches. */
void unmount(const char *target);

/* Opens a file whose path, symlinks included, is looked up below dir_fd and nowhere else. */
int open_beneath(int dir_fd, const char *path);

/* ioctl(2), whose request the C libraries declare differently. Returns 0 or a negative errno. */
int device_control(int fd, unsigned long request, void *argument);

/* Microseconds on CLOCK_MONOTONIC: since the kernel's start. */
uint64_t now_us(void);

#endif
