/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mainline's trusted keys with the CAAM as their source (security/keys/trusted-keys): the kernel
 * makes the key and its blob, and takes blobs as hexadecimal digits.
 */
#ifndef BB_TRUSTED_H
#define BB_TRUSTED_H

#include "layout.h"
#include "report.h"

/* As volume_key_load and volume_key_create. */
int trusted_load(const struct layout *layout, unsigned int k, const uint8_t *blob, int32_t keyring,
	int32_t *ret_serial, struct report_fault *fault);
int trusted_create(const struct layout *layout, unsigned int k,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault);

#endif
