// SPDX-License-Identifier: Apache-2.0
// Whether the device is closed: the SEC_CONFIG fuse, which alone decides if volumes are encrypted.

#include <fcntl.h>

#include "boot.h"
#include "fuses.h"
#include "system.h"

static int read_boot_cfg0(const char *device, uint32_t *ret)
{
	cleanup_fd int fd = fuses_open(device, O_RDONLY);

	return fd < 0 ? fd : fuses_read(fd, FUSE_BOOT_CFG0, ret);
}

// A state that cannot be read is treated as closed: never less than what a closed device demands.
int device_stage(struct boot *b)
{
	uint32_t word = 0;

	if (read_boot_cfg0(b->config.fuses, &word)) {
		boot_warn(b, "fuses cannot be read, device treated as closed: ", b->config.fuses);
		b->report.device = "unreadable";
		b->closed = true;
		return 0;
	}
	b->closed = word & FUSE_SEC_CONFIG_CLOSED;
	b->report.device = b->closed ? "closed" : "open";
	return 0;
}
