// SPDX-License-Identifier: Apache-2.0
// Self-test: how /dev/caam-keygen is called.
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "selftest.h"
#include "selftest_keygen.h"

/* What programs built against NXP's header pass, in numbers. */
static_assert(sizeof(struct caam_keygen_cmd) == 56, "size");
static_assert(CAAM_KEYGEN_IOCTL_CREATE == 0xc0384b00, "CREATE");
static_assert(CAAM_KEYGEN_IOCTL_IMPORT == 0xc0384b01, "IMPORT");
static_assert(offsetof(struct caam_keygen_cmd, key_value_len) == 2, "key_value_len");
static_assert(offsetof(struct caam_keygen_cmd, black_key_len) == 4, "black_key_len");
static_assert(offsetof(struct caam_keygen_cmd, key_enc) == 8, "key_enc");
static_assert(offsetof(struct caam_keygen_cmd, black_key) == 32, "black_key");
static_assert(offsetof(struct caam_keygen_cmd, blob_len) == 40, "blob_len");
static_assert(offsetof(struct caam_keygen_cmd, blob) == 48, "blob");

uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int keygen(unsigned long number, void *cmd)
{
	int fd = open("/dev/caam-keygen", O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = ioctl(fd, (int)number, cmd) ? -errno : 0;
	close(fd);
	return ret;
}

int do_create(struct call *call)
{
	return keygen(CAAM_KEYGEN_IOCTL_CREATE, &call->cmd);
}

int do_import(struct call *call)
{
	return keygen(CAAM_KEYGEN_IOCTL_IMPORT, &call->cmd);
}

void prepare_create(struct call *call, const char *encryption, const char *mode, const void *value,
	uint16_t value_size)
{
	*call = (struct call){ .cmd = {
		.key_enc_len = (uint8_t)(strlen(encryption) + 1),
		.key_mode_len = (uint8_t)(strlen(mode) + 1),
		.key_value_len = value_size,
		.key_enc = address(encryption),
		.key_mode = address(mode),
		.key_value = address(value),
		.black_key = address(call->key),
		.black_key_len = KEY_MAX,
		.blob = address(call->blob),
		.blob_len = BLOB_MAX,
	} };
}

void prepare_import(struct call *call, const uint8_t *blob, uint32_t size)
{
	*call = (struct call){ .cmd = {
		.black_key = address(call->key),
		.black_key_len = KEY_MAX,
		.blob = address(call->blob),
		.blob_len = size,
	} };
	memcpy(call->blob, blob, size);
}

int import_blob(const uint8_t *blob, size_t size, struct key *ret_key)
{
	struct call call;
	int ret;

	prepare_import(&call, blob, (uint32_t)size);
	ret = do_import(&call);
	if (ret)
		return ret;
	memcpy(ret_key->bytes, call.key, call.cmd.black_key_len);
	ret_key->size = call.cmd.black_key_len;
	return 0;
}

int create_key(const char *encryption, const uint8_t *red, size_t red_size, struct key *ret_key,
	uint8_t ret_blob[static BLOB_MAX], size_t *ret_blob_size)
{
	struct call call;
	int ret;

	prepare_create(&call, encryption, "-t", red, (uint16_t)red_size);
	ret = do_create(&call);
	if (ret)
		return ret;
	memcpy(ret_key->bytes, call.key, call.cmd.black_key_len);
	ret_key->size = call.cmd.black_key_len;
	memcpy(ret_blob, call.blob, call.cmd.blob_len);
	*ret_blob_size = call.cmd.blob_len;
	return 0;
}
