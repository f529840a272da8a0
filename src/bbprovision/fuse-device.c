// SPDX-License-Identifier: Apache-2.0
// The fuses as a device or a file; see fuse-device.h.

#include "fuse-device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "fuses.h"

int fuse_device_open(struct provision *p, bool for_burning, struct fuse_device *ret)
{
	const char *name = p->config.fuses;

	ret->is_file = name[0] == '/';
	ret->fd = fuses_open(name, for_burning ? O_RDWR : O_RDONLY);
	if (ret->fd < 0)
		return provision_refuse(
			p, PROVISION_FUSES_UNREADABLE, "%s: %s", name, strerror(-ret->fd));
	return STATUS_GOOD;
}

int fuse_device_read(void *device, uint32_t offset, uint32_t *ret)
{
	const struct fuse_device *d = device;

	return fuses_read(d->fd, offset, ret);
}

// The kernel's driver burns the bits that are 1, of one whole word (drivers/nvmem/imx-ocotp.c).
int fuse_device_write(void *device, uint32_t offset, uint32_t bits)
{
	const struct fuse_device *d = device;
	uint8_t word[4];
	uint32_t now = 0;
	int error = d->is_file ? fuses_read(d->fd, offset, &now) : 0;
	ssize_t written;

	if (error)
		return error;
	put_le32(word, now | bits);
	written = pwrite(d->fd, word, sizeof(word), offset);
	if (written < 0)
		return -errno;
	return written == sizeof(word) ? 0 : -EIO;
}
