/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The volumes' keys: from their blobs into the kernel's keyring, by whichever way the layout says. A
 * plain key is never in a program's memory: what makes keys of blobs are the CAAM and the kernel.
 */
#ifndef BB_VOLUME_KEY_H
#define BB_VOLUME_KEY_H

#include "layout.h"
#include "report.h"

/*
 * Makes the k-th key of a layout from a blob that blob_check has passed, and adds it to a keyring of
 * add_key(2), under the name by which dm-crypt asks for it. A protected key's blob is not looked at
 * before it is used. Returns 0, BB_KEY_DEVICE, BB_KEY_REFUSED or BB_SYSTEM.
 */
int volume_key_load(const struct layout *layout, unsigned int k, const uint8_t *blob,
	int32_t keyring, int32_t *ret_serial, struct report_fault *fault);

/* Makes a new random k-th key of a layout, and gives its blob. Returns as volume_key_load. */
int volume_key_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault);

/*
 * Takes a key out of use and out of its keyring: the kernel keeps what a revoked trusted key holds as
 * long as it is in one. Returns 0 or a negative errno.
 */
int volume_key_drop(int32_t serial, int32_t keyring);

#endif
