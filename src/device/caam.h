/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NXP's tagged keys: the CAAM turns the blob of a key into a black key, which only the CAAM of this
 * chip can use, and only until it is reset.
 */
#ifndef BB_CAAM_H
#define BB_CAAM_H

#include "blob.h"
#include "report.h"

/*
 * Makes the tagged black key out of a blob that blob_check has passed.
 * Returns 0, BB_KEY_DEVICE or BB_KEY_REFUSED.
 */
int caam_import(const uint8_t *blob, unsigned int key_size, uint8_t ret_key[static BLOB_KEY_MAX],
	struct report_fault *fault);

/*
 * Makes a new random key whose tagged black key has key_size bytes, and gives its blob: what
 * blob_check passes. Nothing but the CAAM ever has the key itself. Returns as caam_import.
 */
int caam_create(unsigned int key_size, uint8_t ret_blob[static BLOB_FILE_MAX],
	struct report_fault *fault);

#endif
