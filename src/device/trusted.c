// SPDX-License-Identifier: Apache-2.0
// Speaks to the kernel's key type "trusted"; see trusted.h.

#include <errno.h>
#include <keyutils.h>
#include <string.h>

#include "error.h"
#include "text.h"
#include "trusted.h"
#include "volume-key.h"

#define COMMAND_MAX (sizeof("load ") + 2 * BLOB_FILE_MAX + sizeof(" pk key_enc_algo=1"))

/*
 * ENODEV: there is no such key type, because the kernel has none or no source of trusted keys was
 * found at its start. Everything else is what the CAAM, or the kernel before it, has to say about
 * the blob.
 */
static int add_trusted(const struct layout *layout, unsigned int k, const struct text *command,
	int32_t keyring, int32_t *ret_serial, struct report_fault *fault)
{
	key_serial_t serial = add_key(layout->key[k].form->type, layout->key[k].description,
		command->data, command->used, keyring);

	if (serial < 0)
		return report_fail(fault, errno == ENODEV ? BB_KEY_DEVICE : BB_KEY_REFUSED,
			"trusted key", errno);
	*ret_serial = serial;
	return 0;
}

int trusted_load(const struct layout *layout, unsigned int k, const uint8_t *blob, int32_t keyring,
	int32_t *ret_serial, struct report_fault *fault)
{
	char buffer[COMMAND_MAX];
	struct text command = TEXT_IN(buffer);
	int error;

	text_add(&command, "load ");
	text_add_hex(&command, blob, blob_file_size(layout->source, layout->key[k].size));
	text_add(&command, layout->key[k].form->options);
	error = add_trusted(layout, k, &command, keyring, ret_serial, fault);
	explicit_bzero(buffer, sizeof(buffer));
	return error;
}

static int from_digits(const char *digits, uint8_t *ret, size_t size)
{
	static const char all[] = "0123456789abcdef";

	if (strspn(digits, all) != 2 * size || digits[2 * size])
		return -EINVAL;
	for (size_t i = 0; i < size; i++)
		ret[i] = (uint8_t)((strchr(all, digits[2 * i]) - all) << 4 |
			(strchr(all, digits[2 * i + 1]) - all));
	return 0;
}

// What a trusted key is read as is its blob, in digits.
static int read_blob(int32_t serial, uint8_t *ret_blob, size_t size, struct report_fault *fault)
{
	char digits[2 * BLOB_FILE_MAX + 1] = "";
	long length = keyctl_read(serial, digits, sizeof(digits) - 1);

	if (length < 0)
		return report_fail(fault, BB_KEY_REFUSED, "blob of the new key", errno);
	if (length != (long)(2 * size) || from_digits(digits, ret_blob, size))
		return report_fail(fault, BB_KEY_REFUSED, "the blob that was made is none", 0);
	return 0;
}

int trusted_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault)
{
	unsigned int size = layout->key[k].size;
	char buffer[COMMAND_MAX];
	struct text command = TEXT_IN(buffer);
	int32_t serial = 0;
	int error, dropped;

	text_add(&command, "new ");
	text_add_number(&command, blob_plain_size(layout->source, size));
	text_add(&command, layout->key[k].form->options);
	error = add_trusted(layout, k, &command, KEY_SPEC_PROCESS_KEYRING, &serial, fault);
	if (error)
		return error;
	error = read_blob(serial, ret_blob, blob_file_size(layout->source, size), fault);
	dropped = volume_key_drop(serial, KEY_SPEC_PROCESS_KEYRING);
	return !error && dropped ? report_fail(fault, BB_SYSTEM, "keyring", -dropped) : error;
}
