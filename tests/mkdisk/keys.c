// SPDX-License-Identifier: Apache-2.0
// Keys and IVs of the two layouts. Layout 1: one AES-192 key, IVs count from the partition's start.
// Layout 2: AES-256, but AES-128 for data, IVs count from the disk's start.
#include <stdlib.h>
#include <string.h>

#include "mkdisk.h"

/* Key sizes in bytes; the second key is that of data. */
static const size_t sizes[][KEYS_MAX] = {[1] = {24}, [2] = {32, 16}};

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

void keys_init(struct disk *disk, unsigned int layout, const char *seed, const char *file)
{
	disk->layout = layout;
	for (size_t i = 0; i < KEYS_MAX && sizes[layout][i]; i++) {
		struct key *key = &disk->key[disk->keys++];
		char *purpose = xasprintf("volume key %zu", sizes[layout][i]);

		key->size = sizes[layout][i];
		random_bytes(seed, purpose, key->data, key->size);
		free(purpose);
	}
	if (file)
		take_keys(disk, file);
}

void keys_write(const struct disk *disk, const char *path)
{
	uint8_t all[KEYS_MAX * sizeof(disk->key[0].data)];
	size_t total = 0;

	for (size_t i = 0; i < disk->keys; total += disk->key[i++].size)
		memcpy(all + total, disk->key[i].data, disk->key[i].size);
	write_file(path, all, total);
}

/* The number is the length of the key in black with its header: BLOB_SIZE without blob key and MAC. */
char *key_blob_name(const struct key *key)
{
	return xasprintf("balena_%zu.enc", BLOB_SIZE(key->size) - 48);
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
