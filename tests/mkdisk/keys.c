// SPDX-License-Identifier: Apache-2.0
// Keys and IVs of the two layouts. Layout 1: one AES-192 key, IVs count from the partition's start.
// Layout 2: AES-256, but AES-128 for data, IVs count from the disk's start. Mainline's keys are always of
// the second kind: trusted ones AES-256 and AES-128, two keys each for XTS; or AES-256 of the CAAM's own, and
// a trusted one for data.
#include <stdlib.h>
#include <string.h>

#include "mkdisk.h"

/* The second key is that of data. */
static const struct kind {
	enum key_form source;
	unsigned int layout;
	struct {
		enum key_form form;
		size_t size; /* bytes */
	} key[KEYS_MAX];
} kinds[] = {
	{KEY_TAGGED, 1, {{KEY_TAGGED, 24}}},
	{KEY_TAGGED, 2, {{KEY_TAGGED, 32}, {KEY_TAGGED, 16}}},
	{KEY_TRUSTED, 2, {{KEY_TRUSTED, 64}, {KEY_TRUSTED, 32}}},
	{KEY_PROTECTED, 2, {{KEY_PROTECTED, 32}, {KEY_TRUSTED, 64}}},
};

static void take_keys(struct disk *disk, const char *file)
{
	uint8_t all[KEYS_MAX * sizeof(disk->key[0].data)];
	size_t total = 0;

	for (size_t i = 0; i < disk->keys; i++)
		total += disk->key[i].size;
	read_exactly(file, all, total);
	for (size_t i = 0, at = 0; i < disk->keys; at += disk->key[i++].size)
		memcpy(disk->key[i].data, all + at, disk->key[i].size);
}

void keys_init(struct disk *disk, const struct options *opt)
{
	const struct kind *kind = kinds;

	while (kind->source != opt->source || kind->layout != opt->layout)
		kind++;
	disk->layout = opt->layout;
	for (size_t i = 0; i < KEYS_MAX && kind->key[i].size; i++) {
		struct key *key = &disk->key[disk->keys++];
		char *purpose = xasprintf("volume key %zu", kind->key[i].size);

		key->form = kind->key[i].form;
		key->size = kind->key[i].size;
		random_bytes(opt->seed, purpose, key->data, key->size);
		free(purpose);
	}
	if (opt->key)
		take_keys(disk, opt->key);
}

void keys_write(const struct disk *disk, const char *path)
{
	uint8_t all[KEYS_MAX * sizeof(disk->key[0].data)];
	size_t total = 0;

	for (size_t i = 0; i < disk->keys; total += disk->key[i++].size)
		memcpy(all + total, disk->key[i].data, disk->key[i].size);
	write_file(path, all, total);
}

/*
 * The number is the length of what dm-crypt gets: the key in black with its header, which is the blob without
 * blob key and MAC; the key; or 4 bytes and the blob.
 */
char *key_blob_name(const struct key *key)
{
	switch (key->form) {
	case KEY_TAGGED: return xasprintf("balena_%zu.enc", TAGGED_BLOB_SIZE(key->size) - 48);
	case KEY_TRUSTED: return xasprintf("balena_%zu.enc", key->size);
	default: return xasprintf("balena_%zu.enc", BLOB_SIZE(key->size) + 4);
	}
}

struct key key_of(const struct disk *disk, const struct partition *part)
{
	bool data = !strcmp(part->name, "data");
	struct key key = disk->key[data ? disk->keys - 1 : 0];

	if (part->key_file)
		key.size = read_up_to(part->key_file, key.data, sizeof(key.data));
	return key;
}

uint64_t key_iv_offset(const struct disk *disk, const struct partition *part)
{
	return disk->layout == 1 ? 0 : part->start / SECTOR;
}
