// SPDX-License-Identifier: Apache-2.0
// The layouts of encrypted volumes, and which one a disk has; see layout.h.

#include <string.h>

#include "error.h"
#include "layout.h"

static const struct key_form tagged_1 = { KEY_TAGGED, "logon", "capi:tk(cbc(aes))", "plain", "" };
static const struct key_form tagged_2 = { KEY_TAGGED, "logon", "capi:tk(cbc(aes))", "plain64", "" };
static const struct key_form trusted = { KEY_TRUSTED, "trusted", "aes", "xts-plain64", "" };
// key_enc_algo 1 is CCM (CAAM_ENC_ALGO_CCM): a black key that is not as it was made is noticed.
static const struct key_form protected = {
	KEY_TRUSTED, "trusted", "capi:cbc(paes)", "plain64", " pk key_enc_algo=1" };

static const struct layout layouts[] = {
	{
		.number = 1,
		.source = KEY_SOURCE_CAAM_TK,
		.choice = CONFIG_LAYOUT_1,
		.iv_of_disk = false,
		.keys = 1,
		.data_key = 0,
		.key = { { 56, "logkey:", &tagged_1 } },
	},
	{
		.number = 2,
		.source = KEY_SOURCE_CAAM_TK,
		.choice = CONFIG_LAYOUT_2,
		.iv_of_disk = true,
		.keys = 2,
		.data_key = 1,
		.key = { { 64, "logkey:", &tagged_2 }, { 48, "logkey:data", &tagged_2 } },
	},
	{
		.number = 2,
		.source = KEY_SOURCE_CAAM_TRUSTED,
		.choice = CONFIG_LAYOUT_2,
		.iv_of_disk = true,
		.keys = 2,
		.data_key = 1,
		.key = { { 64, "balena", &trusted }, { 32, "balena-data", &trusted } },
	},
	{
		.number = 2,
		.source = KEY_SOURCE_CAAM_PK,
		.choice = CONFIG_LAYOUT_2,
		.iv_of_disk = true,
		.keys = 2,
		.data_key = 1,
		.key = { { 84, "balena", &protected }, { 64, "balena-data", &trusted } },
	},
};

#define LAYOUT_FOR_NEW 2 // every source has it
#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

static bool is_blob(const char *name)
{
	static const char prefix[] = "balena_", suffix[] = ".enc";
	size_t length = strlen(name);

	return length >= sizeof(prefix) + sizeof(suffix) - 2 &&
		!strncmp(name, prefix, sizeof(prefix) - 1) &&
		!strcmp(name + length - (sizeof(suffix) - 1), suffix);
}

int layout_add_blob(struct layout_blobs *blobs, const char *name)
{
	int size;

	if (!is_blob(name))
		return 0;
	size = blob_name_size(name);
	if (size < 0 || !blob_file_size(blobs->source, (unsigned int)size))
		return BB_BLOB_NAME;
	blobs->of_size[size] = true;
	blobs->count++;
	return 0;
}

int layout_choose(const struct layout_blobs *blobs, uint32_t accepted, const struct layout **ret)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		const struct layout *layout = &layouts[i];
		unsigned int found = 0;

		if (layout->source != blobs->source)
			continue;
		for (unsigned int k = 0; k < layout->keys; k++)
			found += blobs->of_size[layout->key[k].size];
		if (found != blobs->count)
			continue;
		if (found != layout->keys)
			return BB_BLOB_MISSING;
		*ret = layout;
		return accepted == CONFIG_LAYOUT_EITHER || accepted == layout->choice ? 0 : BB_LAYOUT;
	}
	return BB_BLOB_TWICE;
}

const struct layout *layout_for_new(enum config_key_source source)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		if (layouts[i].source == source && layouts[i].number == LAYOUT_FOR_NEW)
			return &layouts[i];
	}
	return NULL;
}

unsigned int layout_key_of(const struct layout *layout, enum volume volume)
{
	return volume == VOLUME_DATA ? layout->data_key : 0;
}

const struct layout *layout_of_key(
	enum config_key_source source, unsigned int key_size, unsigned int *ret_key)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		for (unsigned int k = 0; k < layouts[i].keys; k++) {
			if (layouts[i].source != source || layouts[i].key[k].size != key_size)
				continue;
			*ret_key = k;
			return &layouts[i];
		}
	}
	return NULL;
}
