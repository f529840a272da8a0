// SPDX-License-Identifier: Apache-2.0
// Reads fuses through nvmem; see fuses.h.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "bytes.h"
#include "fuses.h"
#include "text.h"

// What a read-locked fuse reads as.
#define FUSE_UNREADABLE 0xbadabada

int fuses_open(const char *device, int flags)
{
	char path[256];
	struct text text = TEXT_IN(path);
	int fd;

	if (device[0] != '/')
		text_add(&text, "/sys/bus/nvmem/devices/");
	text_add(&text, device);
	if (device[0] != '/')
		text_add(&text, "/nvmem");
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int fuses_read(int fd, off_t offset, uint32_t *ret)
{
	uint8_t word[4];

	if (pread(fd, word, sizeof(word), offset) != sizeof(word))
		return -EIO;
	*ret = get_le32(word);
	return *ret == FUSE_UNREADABLE ? -EACCES : 0;
}
