/* SPDX-License-Identifier: GPL-2.0-only */
/* One call of /dev/caam-keygen, from the caller's structure to the key that is handed out. */
#ifndef BALENA_STUB_KEYGEN_H
#define BALENA_STUB_KEYGEN_H

#include "caam_keygen.h"
#include "stub.h"

#define KEYGEN_MODIFIER "CAAM_KEY_TYPE_V1" /* of the blobs of NXP's driver */

struct keygen_job {
	struct caam_keygen_cmd cmd;
	u32 type;
	u32 red_size;
	u8 red[STUB_RED_MAX];
	u32 key_size; /* with the tag, as is blob_size */
	u8 key[STUB_TAGGED_KEY_MAX];
	u32 blob_size;
	u8 blob[STUB_TAGGED_BLOB_MAX];
};

/* create.c and import.c: from cmd to key and, when creating, blob */
int keygen_create(struct keygen_job *job);
int keygen_import(struct keygen_job *job);

/* keygen.c */
bool keygen_red_size_is_good(u32 size);
void keygen_put_tag(u8 *object, u32 type, u32 red_size, u32 object_size);
/* Wraps the red key; -EINVAL when the caller has no room for a black key, its tag not counted. */
int keygen_make_black_key(struct keygen_job *job);
/*
 * Leaves a message, cut to fit, in a buffer where the caller awaits data. Returns the error that it
 * explains.
 */
int keygen_tell(u64 buffer, u32 size, const char *message, int error);

#endif
