// SPDX-License-Identifier: Apache-2.0
// Opens the FAT volume of a disk; see boot-volume.h.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "boot-volume.h"
#include "judge.h"

static int read_volume(void *context, uint64_t offset, uint8_t *data, size_t size)
{
	const struct boot_volume *volume = context;
	ssize_t n;

	if (offset > volume->size || size > volume->size - offset)
		return -EIO;
	n = pread(volume->fd, data, size, (off_t)(volume->offset + offset));
	return n < 0 ? -errno : (size_t)n == size ? 0 : -EIO;
}

int boot_volume_open(const char *file, const struct partition *partition, struct boot_volume *ret)
{
	int error;
	off_t end;

	*ret = (struct boot_volume){ .fd = open(file, O_RDONLY | O_CLOEXEC) };
	end = ret->fd < 0 ? -1 : lseek(ret->fd, 0, SEEK_END);
	if (end < 0)
		error = -errno;
	else if (partition && partition->offset > INT64_MAX - partition->size)
		error = -EIO;
	else {
		ret->offset = partition ? partition->offset : 0;
		ret->size = partition ? partition->size : (uint64_t)end;
		ret->fat.read = read_volume;
		ret->fat.context = ret;
		error = fat_open(&ret->fat);
	}
	if (error)
		boot_volume_close(ret);
	return error;
}

int boot_volume_find(const char *file, struct boot_volume *ret)
{
	struct partitions partitions;
	const struct partition *partition;
	int error = partitions_read(file, &partitions);

	*ret = (struct boot_volume){ .fd = -1 };
	if (error)
		return error;
	if (!partitions.has_table)
		return boot_volume_open(file, NULL, ret);
	partition = find_partition(&partitions, VOLUME_IMX);
	if (!partition)
		partition = find_partition(&partitions, VOLUME_BOOT);
	return partition ? boot_volume_open(file, partition, ret) : -EINVAL;
}

void boot_volume_close(struct boot_volume *volume)
{
	if (volume->fd >= 0)
		close(volume->fd);
	volume->fd = -1;
}
