// SPDX-License-Identifier: Apache-2.0
// In place of src/device/mapping.c and volume-key.c in the program for the build machine: it has no volumes
// to open and nothing that makes keys.

#include <errno.h>

#include "error.h"
#include "mapping.h"
#include "volume-key.h"

int mapping_open(const struct layout *layout, enum volume volume, const char *node,
	const char *label)
{
	(void)layout;
	(void)volume;
	(void)node;
	(void)label;
	return -ENOSYS;
}

int mapping_close(const char *label)
{
	(void)label;
	return -ENOSYS;
}

int volume_key_load(const struct layout *layout, unsigned int k, const uint8_t *blob,
	int32_t keyring, int32_t *ret_serial, struct report_fault *fault)
{
	(void)layout;
	(void)k;
	(void)blob;
	(void)keyring;
	(void)ret_serial;
	return report_fail(fault, BB_KEY_DEVICE, "keys", ENOSYS);
}

int volume_key_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault)
{
	(void)layout;
	(void)k;
	(void)ret_blob;
	return report_fail(fault, BB_KEY_DEVICE, "keys", ENOSYS);
}

int volume_key_drop(int32_t serial, int32_t keyring)
{
	(void)serial;
	(void)keyring;
	return -ENOSYS;
}
