// SPDX-License-Identifier: Apache-2.0
// The configured disk and its partitions; see disk.h.

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "disk.h"
#include "error.h"
#include "system.h"
#include "text.h"
#include "uevent.h"

#define SYS_BLOCK "/sys/block"

// How long a disk that has been opened may take to show all of its partitions.
#define PARTITIONS_SETTLE_US 500000

// 0 with the disk's name, -ENOENT, -EEXIST when there are two, or why the list cannot be read.
static int find_disk(const char *controller, char *ret, size_t ret_size)
{
	cleanup_dir DIR *dir = opendir(SYS_BLOCK);
	const struct dirent *entry;
	int result = -ENOENT, error;

	if (!dir)
		return -errno;
	while ((entry = next_entry(dir, &error))) {
		uint8_t link[512];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, (char *)link, sizeof(link));

		if (n <= 0 || n == sizeof(link) || !uevent_is_disk(link, (size_t)n, controller))
			continue;
		if (!result)
			return -EEXIST;
		text_copy_to(ret, ret_size, entry->d_name);
		result = 0;
	}
	return error ? error : result;
}

/*
 * block/bdev.c: blkdev_get_whole; but for a moment after the driver has published the disk there is
 * no scan to wait for yet.
 */
int disk_wait_scanned(const char *name)
{
	char path[64];
	struct text text = TEXT_IN(path);
	cleanup_fd int fd = -1;

	text_add(&text, "/dev/");
	text_add(&text, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -ENOENT : 0;
}

static int open_disk(const char *controller, char *ret, size_t ret_size)
{
	int error = find_disk(controller, ret, ret_size);

	return error ? error : disk_wait_scanned(ret);
}

int disk_open_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	cleanup_fd int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return steal_fd(&fd);
}

bool disk_wait_for_change(int uevents, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = uevents, .events = POLLIN };
	uint64_t now = now_us();
	char event[4096];

	if (now >= deadline || poll(&poll_fd, 1, (int)((deadline - now) / 1000) + 1) <= 0)
		return false;
	while (recv(uevents, event, sizeof(event), 0) > 0)
		;
	return true;
}

int disk_wait(int uevents, const char *controller, unsigned int seconds, char *ret, size_t ret_size,
	struct report_fault *fault)
{
	uint64_t deadline = now_us() + (uint64_t)seconds * 1000000;
	int error;

	do {
		error = open_disk(controller, ret, ret_size);
	} while (error == -ENOENT && disk_wait_for_change(uevents, deadline));
	if (error == -EEXIST)
		return report_fail(fault, BB_DISK_AMBIGUOUS, controller, 0);
	return error ? report_fail(fault, BB_DISK_MISSING, controller, -error) : 0;
}

int disk_partition_label(int directory, const char *node, char *ret, size_t ret_size)
{
	char path[128];
	uint8_t uevent[1024];
	struct text text = TEXT_IN(path);
	int size;

	text_add(&text, node);
	text_add(&text, "/uevent");
	size = read_file(directory, path, uevent, sizeof(uevent));
	if (size < 0)
		return size;
	uevent_value(uevent, (size_t)size, "PARTNAME", ret, ret_size);
	return 0;
}

bool disk_is_partition(int directory, const char *name)
{
	char path[128];
	struct text text = TEXT_IN(path);

	text_add(&text, name);
	text_add(&text, "/partition");
	return name[0] != '.' && !faccessat(directory, path, F_OK, 0);
}

int disk_read_volumes(const char *disk, struct volume_set *ret, struct report_fault *fault)
{
	char path[64];
	struct text text = TEXT_IN(path);
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	int first = 0, error;

	*ret = (struct volume_set){ 0 };
	text_add(&text, SYS_BLOCK "/");
	text_add(&text, disk);
	dir = opendir(path);
	if (!dir)
		return report_fail(fault, BB_SYSTEM, path, errno);
	while ((entry = next_entry(dir, &error))) {
		char label[64];

		if (!disk_is_partition(dirfd(dir), entry->d_name))
			continue;
		error = disk_partition_label(dirfd(dir), entry->d_name, label, sizeof(label));
		if (error)
			return report_fail(fault, BB_SYSTEM, entry->d_name, -error);
		error = volume_set_add(ret, label, entry->d_name);
		if (error && !first)
			first = report_fail(fault, error, label, 0);
	}
	return error ? report_fail(fault, BB_SYSTEM, path, -error) : first;
}

int disk_wait_volumes(int uevents, const char *disk, bool closed, struct volume_set *ret,
	struct report_fault *fault)
{
	uint64_t deadline = now_us() + PARTITIONS_SETTLE_US;
	enum volume missing;
	int error;

	do {
		error = disk_read_volumes(disk, ret, fault);
		if (error)
			return error;
		error = volume_set_check(ret, closed, &missing);
	} while (error == BB_VOLUME_MISSING && disk_wait_for_change(uevents, deadline));
	return error ? report_fail(fault, error, volume_name(missing), 0) : 0;
}

int disk_number(const char *name, const char *attribute, uint64_t *ret)
{
	char path[128];
	struct text text = TEXT_IN(path);
	uint8_t number[32];
	int size;

	text_add(&text, "/sys/class/block/");
	text_add(&text, name);
	text_add_char(&text, '/');
	text_add(&text, attribute);
	size = read_file(AT_FDCWD, path, number, sizeof(number));
	return size < 0 ? size : uevent_number(number, (size_t)size, ret);
}
