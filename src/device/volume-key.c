// SPDX-License-Identifier: Apache-2.0
// The volumes' keys; see volume-key.h.

#include <errno.h>
#include <keyutils.h>
#include <string.h>

#include "caam.h"
#include "error.h"
#include "trusted.h"
#include "volume-key.h"

static int tagged_load(const struct layout *layout, unsigned int k, const uint8_t *blob,
	int32_t keyring, int32_t *ret_serial, struct report_fault *fault)
{
	unsigned int size = layout->key[k].size;
	uint8_t key[BLOB_KEY_MAX] = { 0 };
	int error = caam_import(blob, size, key, fault);
	key_serial_t serial;

	if (!error) {
		serial = add_key(layout->key[k].form->type, layout->key[k].description, key, size, keyring);
		if (serial < 0)
			error = report_fail(fault, BB_SYSTEM, "keyring", errno);
		else
			*ret_serial = serial;
	}
	explicit_bzero(key, sizeof(key));
	return error;
}

static int tagged_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault)
{
	return caam_create(layout->key[k].size, ret_blob, fault);
}

static const struct {
	int (*load)(const struct layout *layout, unsigned int k, const uint8_t *blob,
		int32_t keyring, int32_t *ret_serial, struct report_fault *fault);
	int (*create)(const struct layout *layout, unsigned int k,
		uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault);
} makers[] = {
	[KEY_TAGGED] = { tagged_load, tagged_create },
	[KEY_TRUSTED] = { trusted_load, trusted_create },
};

int volume_key_load(const struct layout *layout, unsigned int k, const uint8_t *blob,
	int32_t keyring, int32_t *ret_serial, struct report_fault *fault)
{
	return makers[layout->key[k].form->maker].load(layout, k, blob, keyring, ret_serial, fault);
}

int volume_key_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault)
{
	return makers[layout->key[k].form->maker].create(layout, k, ret_blob, fault);
}

int volume_key_drop(int32_t serial, int32_t keyring)
{
	int error = keyctl_revoke(serial) ? -errno : 0;

	return keyctl_unlink(serial, keyring) && !error ? -errno : error;
}
