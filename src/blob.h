/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key blob file of NXP's tagged keys: a 20-byte tag object header (tag_object.h of NXP's CAAM
 * driver), then the CAAM blob. Nothing authenticates the header, and the driver that gets it
 * trusts it and copies it without a bound: so it has to be the one expected header, byte for byte.
 */
#ifndef BB_BLOB_H
#define BB_BLOB_H

#include <stddef.h>
#include <stdint.h>

#define BLOB_TAG_SIZE 20
/* Tagged black keys and blob files of CCM keys: 16, 24 or 32 bytes of AES key. */
#define BLOB_KEY_MAX 64
#define BLOB_FILE_MAX 112

/*
 * The key size in a blob's file name, balena_<size>.enc: the length of the tagged black key.
 * Returns the size, or -EINVAL for any other name.
 */
int blob_name_size(const char *name);

/* The bytes of the AES key in a tagged key of a size; 0 for a size that is none. */
size_t blob_plain_size(unsigned int key_size);

/* The length of the blob file that belongs to a tagged key size; 0 for a size that is none. */
size_t blob_file_size(unsigned int key_size);

/*
 * Whether a blob file is one that holds a tagged black key of key_size bytes.
 * Returns 0, BB_BLOB_LENGTH or BB_BLOB_HEADER.
 */
int blob_check(const uint8_t *data, size_t size, unsigned int key_size);

#endif
