// SPDX-License-Identifier: Apache-2.0
// Self-test: the fuses, and machines whose chip is broken or missing.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

#define NVMEM "/sys/bus/nvmem/devices/imx-ocotp0/nvmem"
#define KEYGEN "/dev/caam-keygen"

#define FUSES_SIZE 1536
#define READ_LOCKED 0xbadabada

#define LOCK 0x00
#define LOCK_SJC_RESP (1u << 10)
#define LOCK_GP1_OVERRIDE (1u << 21)
#define LOCK_GP2_WRITE (1u << 22)
#define BOOT_CFG0 0x1c
#define SRK0 0x60
#define SJC_RESP0 0x80
#define GP1 0xe0
#define GP2 0xe8
#define GP1_AS_MADE 0x11 /* run-selftest: mkchip --fuse */
#define LAST_WORD (FUSES_SIZE - 4)

static int access_fuses(int flags, unsigned int offset, void *data, size_t size)
{
	int fd = open(NVMEM, flags | O_CLOEXEC);
	ssize_t length;
	int error;

	if (fd < 0)
		return -errno;
	length = flags == O_RDONLY ? pread(fd, data, size, offset) : pwrite(fd, data, size, offset);
	error = errno;
	close(fd);
	return length < 0 ? -error : (int)length;
}

static uint32_t fuse(unsigned int offset)
{
	uint32_t word = 0xdeadbeef;

	access_fuses(O_RDONLY, offset, &word, sizeof(word));
	return word;
}

static int blow(unsigned int offset, uint32_t bits)
{
	int length = access_fuses(O_WRONLY, offset, &bits, sizeof(bits));

	return length == sizeof(bits) ? 0 : length;
}

static void test_reading(void)
{
	uint8_t all[FUSES_SIZE], part[4];
	struct stat status = { 0 };

	stat(NVMEM, &status);
	check_equal(status.st_size, FUSES_SIZE, "there are 384 fuse words");
	check_equal(access_fuses(O_RDONLY, 0, all, sizeof(all)), FUSES_SIZE, "all fuses at once");
	check_equal(fuse(GP1), GP1_AS_MADE, "a fuse is as the chip file has it");
	check_equal(all[GP1], GP1_AS_MADE, "fuses are in little endian");
	check_equal(fuse(BOOT_CFG0), 1u << 25, "SEC_CONFIG is blown");
	check_equal(
		access_fuses(O_RDONLY, GP1 - 2, part, sizeof(part)), 4, "a read across two words");
	check_equal(part[2], GP1_AS_MADE, "... has the bytes of both");
	check_equal(access_fuses(O_RDONLY, 0, part, 3), -EINVAL, "a read of three bytes");
}

static void test_writing(void)
{
	uint8_t bytes[8] = { 0x20 };

	check_equal(blow(GP1, 0x20), 0, "blowing a fuse");
	check_equal(fuse(GP1), GP1_AS_MADE | 0x20, "bits go from 0 to 1, the others stay");
	check_equal(blow(GP1, 0), 0, "blowing nothing");
	check_equal(fuse(GP1), GP1_AS_MADE | 0x20, "bits do not go from 1 to 0");
	check_equal(
		access_fuses(O_WRONLY, GP1 + 1, bytes, 4), -EINVAL, "a write that is not aligned");
	check_equal(access_fuses(O_WRONLY, GP1, bytes, 3), -EINVAL, "a write of three bytes");
	check_equal(access_fuses(O_WRONLY, GP1, bytes, 8), -EINVAL, "a write of two words");
	check_equal(blow(LAST_WORD, 1u << 31), 0, "blowing a bit of the last word");
	check_equal(fuse(LAST_WORD), 1u << 31, "... and reading it");
}

static void test_locks(void)
{
	uint32_t srk = fuse(SRK0);

	check_equal(blow(SRK0, 0xffffffff), -EPERM, "the SRK hash is locked");
	check_equal(fuse(SRK0), srk, "... and unchanged");
	check(log_contains("failed write to locked region"), "... and the log says so");
	check_equal(blow(SJC_RESP0, 0x5a), 0, "SJC_RESP before its lock: a write");
	check_equal(fuse(SJC_RESP0), 0x5a, "SJC_RESP before its lock: a read");
	check_equal(
		blow(LOCK, LOCK_SJC_RESP | LOCK_GP1_OVERRIDE | LOCK_GP2_WRITE), 0, "blowing locks");
	check_equal(fuse(SJC_RESP0), READ_LOCKED, "SJC_RESP after its lock: a read");
	check_equal(blow(SJC_RESP0, 1), -EPERM, "SJC_RESP after its lock: a write");
	check_equal(blow(GP2, 1), -EPERM, "GP2 after its write lock");
	check_equal(fuse(GP2), 0, "... can be read");
	check_equal(blow(GP1, 0x40), 0, "GP1 after its override lock");
}

void test_fuses_first_run(void)
{
	test_reading();
	test_writing();
	test_locks();
}

void test_fuses_later_run(void)
{
	check_equal(fuse(GP1), GP1_AS_MADE | 0x60, "a fuse is as the last run left it");
	check_equal(fuse(LAST_WORD), 1u << 31, "the last word too");
	check_equal(blow(GP2, 1), -EPERM, "a lock is as the last run left it");
	check_equal(fuse(SJC_RESP0), READ_LOCKED, "a read lock too");
}

void test_fuses_broken(void)
{
	uint32_t word = 0;

	check_equal(access_fuses(O_RDONLY, BOOT_CFG0, &word, sizeof(word)), -EIO, "a read fails");
	check_equal(blow(GP1, 1), -EIO, "a write fails");
	check_equal(access(KEYGEN, F_OK), 0, "the key device is there");
}

void test_nothing_there(const char *reason)
{
	check_equal(access(KEYGEN, F_OK) ? -errno : 0, -ENOENT, "there is no key device");
	check_equal(access(NVMEM, F_OK) ? -errno : 0, -ENOENT, "there are no fuses");
	check(log_contains("no CAAM and no fuses"), "the log says what is missing");
	check(log_contains(reason), "... and why: %s", reason);
	check(!log_contains("Device caam-keygen registered"), "nothing was registered");
	test_no_trusted_keys();
}
