// SPDX-License-Identifier: Apache-2.0
// The ext4 superblock: its form, made by hand, and what mkfs.ext4 makes.

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block.h"
#include "superblock.h"
#include "test.h"

static void make(uint8_t data[static SUPERBLOCK_SIZE], const char label[static 16])
{
	memset(data, 0xa5, SUPERBLOCK_SIZE);
	data[1024 + 0x38] = 0x53;
	data[1024 + 0x39] = 0xef;
	memcpy(data + 1024 + 0x78, label, 16);
	for (unsigned int i = 0; i < 16; i++)
		data[1024 + 0x68 + i] = (uint8_t)(i * 0x11);
}

static void superblock_label_and_uuid(void)
{
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;

	make(data, "resin-rootA\0\0\0\0\0");
	test_assert(!superblock_parse(data, sizeof(data), &superblock));
	test_assert(!strcmp(superblock.label, "resin-rootA"));
	test_assert(!strcmp(superblock.uuid, "00112233-4455-6677-8899-aabbccddeeff"));
	make(data, "0123456789abcdef");
	test_assert(!superblock_parse(data, sizeof(data), &superblock));
	test_assert(!strcmp(superblock.label, "0123456789abcdef"));
	make(data, "a\0b\0\0\0\0\0\0\0\0\0\0\0\0\0");
	test_assert(!superblock_parse(data, sizeof(data), &superblock) && !strcmp(superblock.label, "a"));
}

static void superblock_every_size(void)
{
	uint8_t whole[SUPERBLOCK_SIZE + 16];

	make(whole, "resin-rootA\0\0\0\0\0");
	for (size_t size = 0; size <= sizeof(whole); size++) {
		uint8_t *data = malloc(size + !size);
		struct superblock superblock = { .label = "before" };
		int error;

		if (!data)
			abort();
		memcpy(data, whole, size);
		error = superblock_parse(data, size, &superblock);
		free(data);
		test_assert(error == (size < SUPERBLOCK_SIZE ? -EINVAL : 0));
		test_assert(!error || !strcmp(superblock.label, "before"));
	}
}

static void superblock_magic_is_exact(void)
{
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;

	for (unsigned int bit = 0; bit < 16; bit++) {
		make(data, "resin-rootA\0\0\0\0\0");
		data[1024 + 0x38 + bit / 8] ^= (uint8_t)(1 << bit % 8);
		test_assert(superblock_parse(data, sizeof(data), &superblock) == -EINVAL);
	}
}

static void superblock_of_mkfs(void)
{
	char path[] = "/tmp/test_superblock.XXXXXX", command[256];
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;
	int fd = mkstemp(path), status;
	size_t size;

	test_assert(fd >= 0 && !ftruncate(fd, 1 << 20));
	close(fd);
	snprintf(command, sizeof(command), "PATH=$PATH:/sbin:/usr/sbin mkfs.ext4 -q -L balena-data "
		"-U 12345678-9abc-def0-1234-56789abcdef0 %s >/dev/null 2>&1", path);
	status = system(command);
	size = get_file(path, data, sizeof(data));
	unlink(path);
	test_assert(!status && size == sizeof(data));
	test_assert(!superblock_parse(data, sizeof(data), &superblock));
	test_assert(!strcmp(superblock.label, "balena-data"));
	test_assert(!strcmp(superblock.uuid, "12345678-9abc-def0-1234-56789abcdef0"));
}

int main(void)
{
	test_run(superblock_label_and_uuid);
	test_run(superblock_every_size);
	test_run(superblock_magic_is_exact);
	test_run(superblock_of_mkfs);
	return test_result();
}
