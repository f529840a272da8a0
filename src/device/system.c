// SPDX-License-Identifier: Apache-2.0
// Small wrappers around system calls; see system.h.

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "system.h"

const struct dirent *next_entry(DIR *dir, int *ret_error)
{
	const struct dirent *entry;

	errno = 0;
	entry = readdir(dir);
	*ret_error = entry ? 0 : -errno;
	return entry;
}

// Reads up to size bytes or the end of the file; a device or pipe never gets here.
static int read_all(int fd, void *data, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, (char *)data + used, size - used);

		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	return (int)used;
}

int read_file(int dir_fd, const char *path, void *data, size_t size)
{
	cleanup_fd int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat status;
	char more;
	int length;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	length = read_all(fd, data, size);
	if (length == (int)size && read(fd, &more, 1) != 0)
		return -EFBIG;
	return length;
}

int read_line(int dir_fd, const char *path, char *text, size_t size)
{
	int length = read_file(dir_fd, path, text, size - 1);

	if (length < 0)
		return length;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

int write_file(int dir_fd, const char *path, size_t offset, const void *data, size_t size)
{
	cleanup_fd int fd = openat(dir_fd, path,
		O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	struct stat status;
	ssize_t n;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	n = pwrite(fd, data, size, (off_t)offset);
	if (n < 0)
		return -errno;
	if ((size_t)n != size)
		return -ENOSPC;
	return fsync(fd) ? -errno : 0;
}

int mount_at(const char *source, const char *target, const char *type, unsigned long flags,
	const char *options)
{
	if (mkdir(target, 0755) && errno != EEXIST)
		return -errno;
	return mount(source, target, type, flags, options) ? -errno : 0;
}

void unmount(const char *target)
{
	if (umount2(target, UMOUNT_NOFOLLOW))
		umount2(target, UMOUNT_NOFOLLOW | MNT_DETACH);
}

int open_beneath(int dir_fd, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
	};
	cleanup_fd int fd = (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return -errno;
	return S_ISREG(status.st_mode) ? steal_fd(&fd) : -EINVAL;
}

int device_control(int fd, unsigned long request, void *argument)
{
	return syscall(SYS_ioctl, fd, request, argument) < 0 ? -errno : 0;
}

uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}
