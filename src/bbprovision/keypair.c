// SPDX-License-Identifier: Apache-2.0
// Reads and writes a key's two blob files; see keypair.h.

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "caam.h"
#include "error.h"
#include "keypair.h"
#include "system.h"

static int read_one(int directory, unsigned int key_size, bool copy, struct keypair *pair)
{
	uint8_t key[BLOB_KEY_MAX];
	int error = keyblob_read(directory, key_size, copy, pair->blob[copy], &pair->fault[copy]);

	if (!error)
		error = caam_import(pair->blob[copy], key_size, key, &pair->fault[copy]);
	explicit_bzero(key, sizeof(key));
	pair->good[copy] = !error;
	return error;
}

int keypair_read(int directory, unsigned int key_size, struct keypair *ret,
	struct report_fault *fault)
{
	*ret = (struct keypair){ 0 };
	for (unsigned int copy = 0; copy < 2; copy++) {
		if (read_one(directory, key_size, copy, ret) != BB_KEY_DEVICE)
			continue;
		*fault = ret->fault[copy];
		return BB_KEY_DEVICE;
	}
	return 0;
}

bool keypair_is_whole(const struct keypair *pair, unsigned int key_size)
{
	return pair->good[0] && pair->good[1] &&
		!memcmp(pair->blob[0], pair->blob[1], blob_file_size(key_size));
}

int keypair_write(int directory, unsigned int key_size, bool copy, const uint8_t *blob)
{
	char name[KEYBLOB_NAME_MAX];
	int error;

	keyblob_name(key_size, copy, name);
	if (unlinkat(directory, name, 0) && errno != ENOENT)
		return -errno;
	error = write_file(directory, name, 0, blob, blob_file_size(key_size));
	if (!error && fsync(directory))
		error = -errno;
	return error;
}
