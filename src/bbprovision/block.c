// SPDX-License-Identifier: Apache-2.0
// Block devices; see block.h.

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <unistd.h>

#include "block.h"
#include "disk.h"
#include "system.h"
#include "text.h"

#define CHUNK_SECTORS 64u

static int open_device(const char *name, int flags)
{
	char path[64];
	struct text text = TEXT_IN(path);
	int fd;

	text_add(&text, "/dev/");
	text_add(&text, name);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

// The kernel refuses O_EXCL for a disk while one of its partitions is held (block/bdev.c,
// bd_may_claim).
int block_open(const char *name)
{
	return open_device(name, O_RDWR | O_EXCL);
}

int block_open_shared(const char *name)
{
	return open_device(name, O_RDONLY);
}

int block_sectors(const char *name, uint64_t *ret)
{
	return disk_number(name, "size", ret);
}

int block_start(const char *name, uint64_t *ret)
{
	return disk_number(name, "start", ret);
}

int block_sector_size(const char *disk, uint64_t *ret)
{
	return disk_number(disk, "queue/logical_block_size", ret);
}

int block_zero(int fd, uint64_t sector, uint64_t sectors)
{
	uint64_t range[2] = { sector * 512, sectors * 512 };

	return sectors ? device_control(fd, BLKZEROOUT, range) : 0;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	uint8_t all = 0;

	for (size_t i = 0; i < size; i++)
		all |= data[i];
	return !all;
}

int block_sync(int fd)
{
	return fsync(fd) ? -errno : device_control(fd, BLKFLSBUF, NULL);
}

// What was written through a mapping is not in this device's own cache, so that one is dropped.
int block_begins_with_zeros(const char *name, uint64_t sectors)
{
	uint8_t data[CHUNK_SECTORS * 512];
	cleanup_fd int fd = block_open_shared(name);
	int error = fd < 0 ? fd : block_sync(fd);

	for (uint64_t at = 0; !error && at < sectors; at += CHUNK_SECTORS) {
		size_t size = (sectors - at < CHUNK_SECTORS ? sectors - at : CHUNK_SECTORS) * 512;

		if (pread(fd, data, size, (off_t)(at * 512)) != (ssize_t)size)
			return -EIO;
		if (!is_zero(data, size))
			return 0;
	}
	return error ? error : 1;
}
