// SPDX-License-Identifier: Apache-2.0
/*
 * Linked around the key driver and libcryptsetup in `bbctl selftest` (ld's --wrap), for tests only:
 * BB_LIE in the environment names what is not as on an i.MX8M with NXP's kernel.
 *     blob-size    CREATE gives a blob of the first generation's length
 *     blob-header  with another header
 *     key-size     IMPORT gives a key of another length
 *     key-header   with another header
 *     damaged      IMPORT takes every blob
 *     iv           dm-crypt's IVs are all zero
 *     fuse         each word reads otherwise the second time
 * Without any, and always: a blob of a length that no kind has ends the program, before the driver sees it.
 */

#include <linux/types.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "caam_keygen.h"

struct crypt_device;

static int lies(const char *lie)
{
	const char *told = getenv("BB_LIE");

	return told && !strcmp(told, lie);
}

static uint8_t *bytes(uint64_t address)
{
	return (uint8_t *)(uintptr_t)address;
}

static void lie_about_blob(struct caam_keygen_cmd *command)
{
	if (lies("blob-size"))
		command->blob_len = 88;
	if (lies("blob-header"))
		bytes(command->blob)[8] = 1;
}

static int lie_about_key(struct caam_keygen_cmd *command, int error)
{
	if (lies("damaged") && error) {
		command->black_key_len = command->blob_len - 48;
		return 0;
	}
	if (lies("key-size"))
		command->black_key_len -= 4;
	if (lies("key-header"))
		bytes(command->black_key)[8] = 1;
	return error;
}

int __real_device_control(int fd, unsigned long request, void *argument);
int __wrap_device_control(int fd, unsigned long request, void *argument);
int __wrap_device_control(int fd, unsigned long request, void *argument)
{
	struct caam_keygen_cmd *command = argument;
	int error;

	if (request == CAAM_KEYGEN_IOCTL_IMPORT && command->blob_len != 96 && command->blob_len != 104 &&
		command->blob_len != 112)
		abort();
	error = __real_device_control(fd, request, argument);
	if (request == CAAM_KEYGEN_IOCTL_CREATE && !error)
		lie_about_blob(command);
	return request == CAAM_KEYGEN_IOCTL_IMPORT ? lie_about_key(command, error) : error;
}

int __real_crypt_format(struct crypt_device *cd, const char *type, const char *cipher, const char *mode,
	const char *uuid, const char *key, size_t size, void *params);
int __wrap_crypt_format(struct crypt_device *cd, const char *type, const char *cipher, const char *mode,
	const char *uuid, const char *key, size_t size, void *params);
int __wrap_crypt_format(struct crypt_device *cd, const char *type, const char *cipher, const char *mode,
	const char *uuid, const char *key, size_t size, void *params)
{
	return __real_crypt_format(cd, type, cipher, lies("iv") ? "null" : mode, uuid, key, size, params);
}

int __real_fuses_read(int fd, off_t offset, uint32_t *ret);
int __wrap_fuses_read(int fd, off_t offset, uint32_t *ret);
int __wrap_fuses_read(int fd, off_t offset, uint32_t *ret)
{
	static uint32_t other;
	int error = __real_fuses_read(fd, offset, ret);

	if (lies("fuse"))
		*ret ^= other++;
	return error;
}
