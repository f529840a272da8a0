// SPDX-License-Identifier: Apache-2.0
// Self-test: tk(cbc(aes)) in the hands of dm-crypt, with the table that balenaOS uses.
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftest.h"
#include "vectors.h"

#define DISK "/dev/vda"
#define VOLUME "/dev/dm-0"
#define SECTORS 8
#define SECTOR_SIZE 512
#define KEY_SPEC_PROCESS_KEYRING (-2)

struct table {
	struct dm_ioctl header;
	struct dm_target_spec target;
	char parameters[256];
};

static int device_mapper(unsigned long request, struct table *table, unsigned int flags)
{
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	table->header.version[0] = 4;
	table->header.data_size = sizeof(*table);
	table->header.data_start = sizeof(table->header);
	table->header.flags = flags;
	strcpy(table->header.name, "selftest");
	ret = ioctl(fd, (int)request, table) ? -errno : 0;
	close(fd);
	return ret;
}

static int simple(unsigned long request, unsigned int flags)
{
	struct table table = { 0 };

	return device_mapper(request, &table, flags);
}

static int load_table(size_t key_size)
{
	struct table table = { .header.target_count = 1, .target.length = SECTORS };

	strcpy(table.target.target_type, "crypt");
	snprintf(table.parameters, sizeof(table.parameters),
		"capi:tk(cbc(aes))-plain :%zu:logon:logkey: 0 " DISK " 0 1 sector_size:512",
		key_size);
	return device_mapper(DM_TABLE_LOAD, &table, 0);
}

/* A table with the key; resumed, so that the volume can be used, when it was taken. */
static int open_volume(const struct key *key)
{
	int ret;

	if (syscall(SYS_add_key, "logon", "logkey:", key->bytes, key->size,
		    KEY_SPEC_PROCESS_KEYRING) < 0)
		return -errno;
	ret = simple(DM_DEV_CREATE, 0);
	if (!ret)
		ret = load_table(key->size);
	return ret ? ret : simple(DM_DEV_SUSPEND, 0);
}

static void close_volume(void)
{
	simple(DM_DEV_REMOVE, 0);
}

static int transfer(const char *device, bool out, uint8_t sector[static SECTOR_SIZE])
{
	int fd = open(device, (out ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
	ssize_t length;
	int ret;

	if (fd < 0)
		return -errno;
	length = out ? write(fd, sector, SECTOR_SIZE) : read(fd, sector, SECTOR_SIZE);
	ret = length == SECTOR_SIZE && (!out || !fsync(fd)) ? 0 : -errno;
	close(fd);
	return ret;
}

void test_volume(const uint8_t *plain, const uint8_t *cipher, const uint8_t *iv, size_t size)
{
	uint8_t written[SECTOR_SIZE] = { 0 }, sector[SECTOR_SIZE];
	struct key key = { 0 };

	/* The first sector's IV is zero: the vector's goes into the text. */
	memcpy(written, plain, size);
	for (size_t i = 0; i < 16; i++)
		written[i] ^= iv[i];

	import_blob(blob_trusted, sizeof(blob_trusted), &key);
	check_equal(open_volume(&key), 0, "dm-crypt takes the key");
	check_equal(transfer(VOLUME, true, written), 0, "a sector is written");
	close_volume();
	check_equal(transfer(DISK, false, sector), 0, "the disk is read");
	check(!memcmp(sector, cipher, size), "... and has the ciphertext of the vector");

	import_blob(blob_trusted, sizeof(blob_trusted), &key);
	check_equal(open_volume(&key), 0, "dm-crypt takes the key of another import");
	check_equal(transfer(VOLUME, false, sector), 0, "the sector is read");
	check(!memcmp(sector, written, SECTOR_SIZE), "... and is what was written");
	close_volume();

	key.bytes[40] ^= 1;
	check_equal(open_volume(&key), 0, "dm-crypt takes a corrupt key");
	check_equal(transfer(VOLUME, false, sector), -EIO, "... and reading fails");
	close_volume();
}
