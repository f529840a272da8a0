// SPDX-License-Identifier: Apache-2.0
// Linked in place of keypair_write, for tests/provision/cuts: a blob's file as one would write it.

#include <errno.h>
#include <unistd.h>

#include "../../src/bbprovision/keypair.h"
#include "system.h"

int __wrap_keypair_write(int directory, int device, const struct layout *layout, unsigned int k, bool copy,
	const uint8_t *blob);
int __wrap_keypair_write(int directory, int device, const struct layout *layout, unsigned int k, bool copy,
	const uint8_t *blob)
{
	char name[KEYBLOB_NAME_MAX];
	int error;

	(void)device;
	keyblob_name(layout->key[k].size, copy, name);
	if (unlinkat(directory, name, 0) && errno != ENOENT)
		return -errno;
	error = write_file(directory, name, 0, blob, blob_file_size(layout->source, layout->key[k].size));
	return error ? error : fsync(directory) ? -errno : 0;
}
