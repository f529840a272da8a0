// SPDX-License-Identifier: Apache-2.0
// Speaks to NXP's key driver; see caam.h.

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "caam-keygen.h"
#include "caam.h"
#include "error.h"
#include "system.h"
#include "text.h"

static int run(unsigned long request, struct caam_keygen_cmd *command, struct report_fault *fault)
{
	cleanup_fd int fd = open(CAAM_KEYGEN_DEVICE, O_RDWR | O_CLOEXEC);
	int error;

	if (fd < 0)
		return report_fail(fault, BB_KEY_DEVICE, CAAM_KEYGEN_DEVICE, errno);
	error = device_control(fd, request, command);
	return error ? report_fail(fault, BB_KEY_REFUSED, CAAM_KEYGEN_DEVICE, -error) : 0;
}

// One of another length tells of another generation of the driver.
static int fail_length(struct report_fault *fault, const char *what, uint32_t bytes)
{
	char detail[64];
	struct text text = TEXT_IN(detail);

	text_add(&text, what);
	text_add(&text, ": ");
	text_add_number(&text, bytes);
	text_add(&text, " bytes");
	return report_fail(fault, BB_KEY_REFUSED, detail, 0);
}

int caam_import(const uint8_t *blob, unsigned int key_size, uint8_t ret_key[static BLOB_KEY_MAX],
	struct report_fault *fault)
{
	struct caam_keygen_cmd command = {
		.black_key_len = BLOB_KEY_MAX,
		.black_key = (uintptr_t)ret_key,
		.blob_len = (uint32_t)blob_file_size(KEY_SOURCE_CAAM_TK, key_size),
		.blob = (uintptr_t)blob,
	};
	int error = run(CAAM_KEYGEN_IOCTL_IMPORT, &command, fault);

	if (!error && command.black_key_len != key_size)
		return fail_length(fault, "length of the black key", command.black_key_len);
	return error;
}

// The driver's lengths of strings count the NUL; "-s": the size of a random key, in decimal.
int caam_create(unsigned int key_size, uint8_t ret_blob[static BLOB_FILE_MAX],
	struct report_fault *fault)
{
	static const char encryption[] = "ccm", mode[] = "-s";
	uint8_t key[BLOB_KEY_MAX];
	char size[4];
	struct text text = TEXT_IN(size);
	struct caam_keygen_cmd command = {
		.key_enc_len = sizeof(encryption),
		.key_mode_len = sizeof(mode),
		.black_key_len = sizeof(key),
		.key_enc = (uintptr_t)encryption,
		.key_mode = (uintptr_t)mode,
		.key_value = (uintptr_t)size,
		.black_key = (uintptr_t)key,
		.blob_len = BLOB_FILE_MAX,
		.blob = (uintptr_t)ret_blob,
	};
	int error;

	text_add_number(&text, blob_plain_size(KEY_SOURCE_CAAM_TK, key_size));
	command.key_value_len = (uint16_t)(text.used + 1);
	error = run(CAAM_KEYGEN_IOCTL_CREATE, &command, fault);
	explicit_bzero(key, sizeof(key));
	if (!error && blob_check(KEY_SOURCE_CAAM_TK, ret_blob, command.blob_len, key_size))
		return fail_length(fault, "the blob that was made is none", command.blob_len);
	return error;
}
