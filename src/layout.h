/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the volumes of a closed device are encrypted. With NXP's tagged keys there are two layouts:
 *
 * 1: one key for all five volumes, and IVs that count a volume's sectors from its start. Sector n
 *    of one volume decrypts as sector n of any other.
 * 2: data, into which applications write what they like, has a key of its own; and IVs count from
 *    the start of the disk, so that no two sectors under one key have the same one. They are no
 *    secret: who knows what is where can still move ciphertext under the same key
 *    (docs/threats.md).
 *
 * Nothing signed says which layout a disk has: the key blobs on balena-imx do. Every key has a size
 * of its own, and the size decides for which layout and which volumes a key is used. It is
 * authenticated: CAAM seals a key with AES-CCM, whose MAC covers the length (RFC 3610, section
 * 2.2). So a blob cannot pass for one of another key, whatever its name and its header say, and a
 * disk that is opened under the other layout is opened with another key.
 *
 * The signed configuration says what makes keys of blobs (its key-source), and each source has
 * layouts of its own; sizes mean nothing without it. Those of mainline's trusted keys are all of
 * the second kind:
 *
 * caam-trusted: plain keys in the kernel's memory only, AES-XTS by the CPU: of 64 bytes, and of 32
 *   for data. The CAAM has no XTS, and the CPU can do better than CBC: a sector elsewhere is noise.
 * caam-pk: the CAAM's own cipher cbc(paes) with a black key that nothing but the CAAM has in plain.
 *   Such a key has one possible size, so data cannot have another: its key is a trusted one.
 */
#ifndef BB_LAYOUT_H
#define BB_LAYOUT_H

#include <stdbool.h>

#include "blob.h"
#include "config.h"
#include "volume.h"

#define LAYOUT_KEYS_MAX 2

/* What makes a key of a blob: /dev/caam-keygen, or the kernel's key type. */
enum key_maker { KEY_TAGGED, KEY_TRUSTED };

/* The way of a key from its blob to dm-crypt. */
struct key_form {
	enum key_maker maker;
	const char *type;    /* of the key in the keyring */
	const char *cipher;  /* dm-crypt's names for the cipher, */
	const char *iv;      /* and for its mode and how IVs are made */
	const char *options; /* of a trusted key, behind its blob */
};

struct layout {
	unsigned int number;
	enum config_key_source source;
	enum config_layout choice;
	bool iv_of_disk;  /* IVs count the disk's sectors, not the volume's */
	unsigned int keys;
	unsigned int data_key; /* index of data's key; all other volumes have the first one */
	struct {
		unsigned int size;       /* bytes of the key that dm-crypt gets */
		const char *description; /* of the key that dm-crypt asks for */
		const struct key_form *form;
	} key[LAYOUT_KEYS_MAX];
};

/* The key blobs that were found on balena-imx. */
struct layout_blobs {
	enum config_key_source source; /* of the configuration */
	unsigned int count; /* of files: a damaged FAT can hold one name twice */
	bool of_size[BLOB_KEY_MAX + 1]; /* bytes of the key */
};

/*
 * Takes one file of balena-imx into the set; only balena_*.enc count.
 * Returns 0, or BB_BLOB_NAME when no key of the source has the size in its name.
 */
int layout_add_blob(struct layout_blobs *blobs, const char *name);

/*
 * The layout of their source whose blobs these are, all of them, each once, and no other.
 * Returns 0, BB_BLOB_MISSING, BB_BLOB_TWICE for blobs of both layouts or one twice, or BB_LAYOUT
 * when the configuration does not accept the layout, which is in *ret then as well.
 */
int layout_choose(const struct layout_blobs *blobs, uint32_t accepted, const struct layout **ret);

/* The layout that new installations get. */
const struct layout *layout_for_new(enum config_key_source source);

/* The index of an encrypted volume's key. */
unsigned int layout_key_of(const struct layout *layout, enum volume volume);

/* The source's layout that has a key of this size, and the index of the key; NULL when none has. */
const struct layout *layout_of_key(
	enum config_key_source source, unsigned int key_size, unsigned int *ret_key);

#endif
