// SPDX-License-Identifier: Apache-2.0
// Whether the device is closed: the SEC_CONFIG fuse, which alone decides if volumes are encrypted.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "boot.h"
#include "bytes.h"
#include "system.h"

// i.MX8MM and i.MX8MP: bank 1 word 3, offset (bank * 4 + word) * 4 in the nvmem device.
#define BOOT_CFG0_OFFSET 0x1c
#define SEC_CONFIG_CLOSED (UINT32_C(1) << 25)
// What a read-locked fuse reads as.
#define FUSE_UNREADABLE 0xbadabada

static int read_fuse(const char *device, off_t offset, uint32_t *ret)
{
	char path[256];
	struct text text = TEXT_IN(path);
	uint8_t word[4];
	cleanup_fd int fd = -1;

	text_add(&text, "/sys/bus/nvmem/devices/");
	text_add(&text, device);
	text_add(&text, "/nvmem");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pread(fd, word, sizeof(word), offset) != sizeof(word))
		return -EIO;
	*ret = get_le32(word);
	return *ret == FUSE_UNREADABLE ? -EACCES : 0;
}

// A state that cannot be read is treated as closed: never less than what a closed device demands.
int device_stage(struct boot *b)
{
	uint32_t word = 0;

	if (read_fuse(b->config.fuses, BOOT_CFG0_OFFSET, &word)) {
		boot_warn(b, "fuses cannot be read, device treated as closed: ", b->config.fuses);
		b->report.device = "unreadable";
		b->closed = true;
		return 0;
	}
	b->closed = word & SEC_CONFIG_CLOSED;
	b->report.device = b->closed ? "closed" : "open";
	return 0;
}
