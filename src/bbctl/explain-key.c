// SPDX-License-Identifier: Apache-2.0
// The key stage as far as it can be seen from outside: the FAT volume, and on it the key blobs with
// their copies. The rules are those of src/device/keyblob.c; the checks are the same functions.

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "blob.h"
#include "error.h"
#include "explain.h"
#include "judge.h"
#include "layout.h"

#define NAME_MAX_SIZE 32

static void blob_name(unsigned int key_size, bool copy, char ret[static NAME_MAX_SIZE])
{
	snprintf(ret, NAME_MAX_SIZE, copy ? "keyblob_%u.copy" : "balena_%u.enc", key_size);
}

// Whether a blob file passes; says what it is, unless it is not there.
static int judge_blob(struct explain *e, unsigned int key_size, bool copy)
{
	uint8_t blob[BLOB_FILE_MAX];
	char name[NAME_MAX_SIZE];
	int size, error;

	blob_name(key_size, copy, name);
	size = fat_read(&e->volume.fat, name, blob, sizeof(blob));
	if (size == -ENOENT)
		return BB_BLOB_MISSING;
	if (size < 0 && size != -EFBIG) {
		say(e, "%s: cannot be read: %s", name, strerror(-size));
		return BB_BLOB_MISSING;
	}
	error = size < 0 ? BB_BLOB_LENGTH : blob_check(e->key_source, blob, (size_t)size, key_size);
	if (size < 0)
		say(e, "%s: longer than any blob: %s", name, bb_error_name(error));
	else
		say(e, "%s: %d bytes of %zu, %s", name, size, blob_file_size(e->key_source, key_size),
			error ? bb_error_name(error) : e->key_source == KEY_SOURCE_CAAM_TK ?
			"the length and header of its kind" : "the length of its kind");
	return error;
}

struct found {
	struct layout_blobs blobs;
	struct verdict *verdict;
};

static int add_blob(void *context, const struct fat_entry *entry)
{
	struct found *found = context;
	int error = layout_add_blob(&found->blobs, entry->name);

	if (error)
		refuse(found->verdict, error, "%s", entry->name);
	return error;
}

// A copy stands in for an original that is missing.
static void add_copies(struct explain *e, struct layout_blobs *blobs)
{
	for (unsigned int size = 0; size <= BLOB_KEY_MAX; size++) {
		uint8_t byte;
		char name[NAME_MAX_SIZE];

		if (!blob_file_size(blobs->source, size) || blobs->of_size[size])
			continue;
		blob_name(size, true, name);
		if (fat_read(&e->volume.fat, name, &byte, sizeof(byte)) == -ENOENT)
			continue;
		blobs->of_size[size] = true;
		blobs->count++;
	}
}

static void refuse_blobs(int error, const struct layout_blobs *blobs, struct verdict *verdict)
{
	char sizes[NAME_MAX_SIZE];
	struct text text = TEXT_IN(sizes);

	for (unsigned int size = 0; size <= BLOB_KEY_MAX; size++) {
		if (!blobs->of_size[size])
			continue;
		text_add_char(&text, ' ');
		text_add_number(&text, size);
	}
	refuse(verdict, error, "balena_*.enc%s%s", text.used ? ":" : "", sizes);
}

static const struct layout *find_layout(struct explain *e, struct verdict *verdict)
{
	struct found found = { .blobs.source = e->key_source, .verdict = verdict };
	const struct layout *layout = NULL;
	int error = fat_list(&e->volume.fat, add_blob, &found);

	if (error < 0)
		refuse(verdict, BB_BLOB_MISSING, "directory: %s", strerror(-error));
	if (error)
		return NULL;
	error = layout_choose(&found.blobs, e->accepted, &layout);
	if (error == BB_BLOB_MISSING) {
		add_copies(e, &found.blobs);
		error = layout_choose(&found.blobs, e->accepted, &layout);
	}
	if (error)
		refuse_blobs(error, &found.blobs, verdict);
	return layout;
}

static void judge_blobs(struct explain *e, struct verdict *verdict)
{
	const struct layout *layout = find_layout(e, verdict);

	if (!layout)
		return;
	say(e, "layout %u: %s", layout->number, layout->keys > 1 ?
		"a key for data, and one for the other four volumes" : "one key for all five volumes");
	for (unsigned int k = 0; k < layout->keys; k++) {
		unsigned int size = layout->key[k].size;
		int error = judge_blob(e, size, false), of_copy = judge_blob(e, size, true);

		if (error && !of_copy)
			say(e, "the copy stands in for balena_%u.enc", size);
		else if (error && !verdict->error)
			refuse(verdict, error, "balena_%u.enc", size);
	}
}

static int open_volume(struct explain *e, struct verdict *verdict)
{
	enum volume volume = e->closed ? VOLUME_IMX : VOLUME_BOOT;
	const struct partition *partition = find_partition(&e->partitions, volume);
	int error;

	if (!partition) {
		say(e, "there is no %s to look at", volume_name(volume));
		return -ENOENT;
	}
	error = boot_volume_open(e->file, partition, &e->volume);
	if (error)
		refuse(verdict, BB_BOOT_MOUNT, "%s: %s", partition->label,
			error == -EINVAL ? "no FAT that the kernel mounts" : strerror(-error));
	else
		say(e, "%s is FAT%u", partition->label, e->volume.fat.bits);
	return error;
}

void explain_key(struct explain *e)
{
	struct verdict verdict = { .file = e->file };

	begin_step(e, "key", "what is needed to open the volumes");
	if (!open_volume(e, &verdict)) {
		if (e->closed)
			judge_blobs(e, &verdict);
		else
			say(e, "an open device has no key");
		if (e->closed && !verdict.error)
			say(e, "not seen from here: whether this chip, in its present state, takes the "
				"blob (else: key-refused)");
	}
	end_step(e, &verdict);
}
