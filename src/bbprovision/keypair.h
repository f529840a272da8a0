/* SPDX-License-Identifier: Apache-2.0 */
/* What balena-imx has of one key: its blob, and the copy of that (keyblob.h). */
#ifndef BB_KEYPAIR_H
#define BB_KEYPAIR_H

#include "keyblob.h"

struct keypair {
	/* Of the blob, and of its copy. */
	bool good[2]; /* the key service has taken it; of a protected key: it has its length */
	uint8_t blob[2][BLOB_FILE_MAX];
	struct report_fault fault[2]; /* why it is not good */
};

/*
 * Reads both files of a key and has each imported. Returns 0; or BB_KEY_DEVICE, with its fault, when there is
 * no key service to ask.
 */
int keypair_read(int directory, const struct layout *layout, unsigned int k, struct keypair *ret,
	struct report_fault *fault);

/* Whether both are good, and of the same key: the same bytes. */
bool keypair_is_whole(const struct keypair *pair, const struct layout *layout, unsigned int k);

/*
 * Writes one of the two files anew, and waits until it is on the disk, on which device is a
 * descriptor of the partition. A cut leaves no file, an empty one or the whole one, and a FAT that
 * agrees with its directory: at worst with a cluster that belongs to nobody. Returns 0 or a negative
 * errno.
 */
int keypair_write(int directory, int device, const struct layout *layout, unsigned int k, bool copy,
	const uint8_t *blob);

#endif
