/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key blobs on balena-imx: balena_<key size>.enc, and the second copy of each that bbprovision
 * makes, keyblob_<key size>.copy, because one bad sector in the only one would be the loss of all
 * data. A copy has to pass the same checks, and counts only where there is no good original.
 */
#ifndef BB_KEYBLOB_H
#define BB_KEYBLOB_H

#include "layout.h"
#include "report.h"

#define KEYBLOB_NAME_MAX 32

/* The names of the two files. */
void keyblob_name(unsigned int key_size, bool copy, char ret[static KEYBLOB_NAME_MAX]);

/*
 * Finds out from the names of the files in a directory which layout the volumes have. A copy stands
 * in for an original that is missing. Returns 0, BB_BLOB_NAME, BB_BLOB_MISSING, BB_BLOB_TWICE, or
 * BB_LAYOUT when that layout is not accepted; it is in *ret then as well.
 */
int keyblob_layout(int directory, enum config_key_source source, uint32_t accepted,
	const struct layout **ret, struct report_fault *fault);

/*
 * Reads one of the two files of a layout's k-th key, of the length of its kind. Returns 0,
 * BB_BLOB_MISSING, BB_BLOB_LENGTH or BB_BLOB_HEADER.
 */
int keyblob_read(int directory, const struct layout *layout, unsigned int k, bool copy,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault);

#endif
