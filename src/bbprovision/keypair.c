// SPDX-License-Identifier: Apache-2.0
// Reads and writes a key's two blob files; see keypair.h.

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "keypair.h"
#include "system.h"
#include "volume-key.h"

static int read_one(int directory, const struct layout *layout, unsigned int k, bool copy,
	struct keypair *pair)
{
	int error = keyblob_read(directory, layout, k, copy, pair->blob[copy], &pair->fault[copy]);
	int32_t serial, dropped = 0;

	if (!error)
		error = volume_key_load(layout, k, pair->blob[copy], KEY_SPEC_PROCESS_KEYRING, &serial,
			&pair->fault[copy]);
	if (!error)
		dropped = volume_key_drop(serial, KEY_SPEC_PROCESS_KEYRING);
	if (dropped)
		error = report_fail(&pair->fault[copy], BB_SYSTEM, "keyring", -dropped);
	pair->good[copy] = !error;
	return error;
}

int keypair_read(int directory, const struct layout *layout, unsigned int k, struct keypair *ret,
	struct report_fault *fault)
{
	int error = 0;

	*ret = (struct keypair){ 0 };
	for (unsigned int copy = 0; copy < 2; copy++) {
		if (read_one(directory, layout, k, copy, ret) != BB_KEY_DEVICE)
			continue;
		*fault = ret->fault[copy];
		error = BB_KEY_DEVICE;
	}
	return error;
}

bool keypair_is_whole(const struct keypair *pair, const struct layout *layout, unsigned int k)
{
	return pair->good[0] && pair->good[1] && !memcmp(pair->blob[0], pair->blob[1],
		blob_file_size(layout->source, layout->key[k].size));
}

/*
 * What takes the place of fsync(file) alone, which writes a FAT's directory entry before the chain
 * of clusters that it points to (fs/fat/file.c, fat_file_fsync): a cut in between leaves a file whose
 * clusters count as free. An empty file has none; the chain and the data come next, and the entry,
 * one sector, last. Both FATs are in the cache of the device, the entry is not until the inode is
 * written.
 */
static int write_in_order(int file, int device, const uint8_t *data, size_t size)
{
	ssize_t n;

	if (fsync(file))
		return -errno;
	n = write(file, data, size);
	if (n != (ssize_t)size)
		return n < 0 ? -errno : -ENOSPC;
	if (sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) ||
	    fsync(device) || fsync(file))
		return -errno;
	return 0;
}

int keypair_write(int directory, int device, const struct layout *layout, unsigned int k, bool copy,
	const uint8_t *blob)
{
	unsigned int key_size = layout->key[k].size;
	char name[KEYBLOB_NAME_MAX];
	cleanup_fd int fd = -1;
	int error;

	keyblob_name(key_size, copy, name);
	if (unlinkat(directory, name, 0) && errno != ENOENT)
		return -errno;
	fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = write_in_order(fd, device, blob, blob_file_size(layout->source, key_size));
	return error ? error : fsync(directory) ? -errno : 0;
}
