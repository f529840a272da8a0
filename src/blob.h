/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key blob file. That of NXP's tagged keys is a 20-byte tag object header (tag_object.h of NXP's
 * CAAM driver), then the CAAM blob. Nothing authenticates the header, and the driver that gets it
 * trusts it and copies it without a bound: so it has to be the one expected header, byte for byte.
 * That of mainline's trusted keys is the CAAM blob alone, 48 bytes longer than the key in it
 * (CAAM_BLOB_OVERHEAD of include/soc/fsl/caam-blob.h): there is nothing to check but its length.
 */
#ifndef BB_BLOB_H
#define BB_BLOB_H

#include <stddef.h>
#include <stdint.h>

#include "config.h"

#define BLOB_TAG_SIZE 20
/* The largest key as dm-crypt gets it, and the largest blob file. */
#define BLOB_KEY_MAX 84
#define BLOB_FILE_MAX 112

/*
 * The key size in a blob's file name, balena_<size>.enc: the length of the key that dm-crypt gets,
 * which is the tagged black key, the plain key, or the blob behind 4 bytes of mainline's
 * (struct caam_pkey_info). Sizes mean nothing without the source of the key.
 * Returns the size, or -EINVAL for any other name.
 */
int blob_name_size(const char *name);

/* The bytes of key material in a key of a size; 0 for a size that is none of its source's. */
size_t blob_plain_size(enum config_key_source source, unsigned int key_size);

/* The length of the blob file that belongs to a key size; 0 for a size that is none of its source's. */
size_t blob_file_size(enum config_key_source source, unsigned int key_size);

/*
 * Whether a blob file is one that can hold a key of key_size bytes.
 * Returns 0, BB_BLOB_LENGTH or BB_BLOB_HEADER.
 */
int blob_check(
	enum config_key_source source, const uint8_t *data, size_t size, unsigned int key_size);

#endif
