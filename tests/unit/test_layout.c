// SPDX-License-Identifier: Apache-2.0
// Which layout a disk has: every set of key blobs, under every configuration; and the layouts themselves.

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "layout.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Of NXP's tagged keys, but where a test says otherwise.
static const char *const names[] = { "balena_48.enc", "balena_56.enc", "balena_64.enc" };
enum { SMALL = 1, MIDDLE = 2, LARGE = 4, ALL = 7 };

// The blobs of a set of names, in an order of its own.
static int add(unsigned int set, bool backwards, struct layout_blobs *ret)
{
	int error = 0;

	*ret = (struct layout_blobs){ 0 };
	for (unsigned int i = 0; i < COUNT(names) && !error; i++) {
		unsigned int n = backwards ? 2 - i : i;

		if (set & 1u << n)
			error = layout_add_blob(ret, names[n]);
	}
	return error;
}

// Blobs of the three sizes, in any set: what it is under a configuration that accepts both layouts.
static void layout_every_set(void)
{
	static const int expected[ALL + 1] = {
		[0] = BB_BLOB_MISSING, [SMALL] = BB_BLOB_MISSING, [LARGE] = BB_BLOB_MISSING,
		[MIDDLE] = 0, [SMALL | LARGE] = 0,
		[MIDDLE | SMALL] = BB_BLOB_TWICE, [MIDDLE | LARGE] = BB_BLOB_TWICE, [ALL] = BB_BLOB_TWICE,
	};

	for (unsigned int set = 0; set <= ALL; set++) {
		for (int backwards = 0; backwards < 2; backwards++) {
			struct layout_blobs blobs;
			const struct layout *layout = NULL;

			test_assert(!add(set, backwards, &blobs));
			test_assert(layout_choose(&blobs, CONFIG_LAYOUT_EITHER, &layout) == expected[set]);
			test_assert(!layout == !!expected[set]);
			if (layout)
				test_assert(layout->number == (set == MIDDLE ? 1 : 2));
		}
	}
}

// A layout that is not accepted is refused as that, and what is no layout stays what it is.
static void layout_only_what_is_accepted(void)
{
	for (unsigned int set = 0; set <= ALL; set++) {
		for (uint32_t only = CONFIG_LAYOUT_1; only <= CONFIG_LAYOUT_2; only++) {
			struct layout_blobs blobs;
			const struct layout *layout = NULL;
			int expected;

			test_assert(!add(set, false, &blobs));
			expected = layout_choose(&blobs, CONFIG_LAYOUT_EITHER, &layout);
			if (!expected && (set == MIDDLE) != (only == CONFIG_LAYOUT_1))
				expected = BB_LAYOUT;
			test_assert(layout_choose(&blobs, only, &layout) == expected);
		}
	}
}

static void layout_names(void)
{
	static const char *const no_blobs[] = { "", ".", "bootenv", "balena_", ".enc", "balena_56",
		"balena_56.enc.old", "xbalena_56.enc", "Balena_56.enc", "balena-56.enc", "balena_56.ENC" };
	static const char *const others[] = { "balena_.enc", "balena_0.enc", "balena_16.enc",
		"balena_36.enc", "balena_47.enc", "balena_52.enc", "balena_63.enc", "balena_65.enc",
		"balena_96.enc", "balena_255.enc", "balena_256.enc", "balena_056.enc", "balena_x.enc",
		"balena_56.enc.enc", "balena_56 .enc", "balena_-56.enc", "balena_56x.enc" };

	for (size_t i = 0; i < COUNT(no_blobs); i++) {
		struct layout_blobs blobs = { 0 };

		test_case = no_blobs[i];
		test_assert(!layout_add_blob(&blobs, no_blobs[i]) && !blobs.count);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		struct layout_blobs blobs = { 0 };

		test_case = others[i];
		test_assert(layout_add_blob(&blobs, others[i]) == BB_BLOB_NAME && !blobs.count);
	}
}

// A directory that lists a name twice is no layout's.
static void layout_one_name_twice(void)
{
	for (unsigned int set = 1; set <= ALL; set++) {
		for (size_t i = 0; i < COUNT(names); i++) {
			struct layout_blobs blobs;
			const struct layout *layout = NULL;

			test_assert(!add(set, false, &blobs));
			if (!(set & 1u << i))
				continue;
			test_assert(!layout_add_blob(&blobs, names[i]));
			test_assert(layout_choose(&blobs, CONFIG_LAYOUT_EITHER, &layout) == BB_BLOB_TWICE);
			test_assert(!layout);
		}
	}
}

// What the disks in the field depend on.
static void layout_as_it_is(void)
{
	struct layout_blobs blobs;
	const struct layout *one = NULL, *two = NULL;

	test_assert(!add(MIDDLE, false, &blobs) && !layout_choose(&blobs, CONFIG_LAYOUT_1, &one));
	test_assert(!add(SMALL | LARGE, false, &blobs) && !layout_choose(&blobs, CONFIG_LAYOUT_2, &two));
	test_assert(one->keys == 1 && one->key[0].size == 56 && !strcmp(one->key[0].description, "logkey:"));
	test_assert(!strcmp(one->key[0].form->iv, "plain") && !one->iv_of_disk);
	test_assert(two->keys == 2 && two->key[0].size == 64 && two->key[1].size == 48);
	test_assert(!strcmp(two->key[0].description, "logkey:"));
	test_assert(!strcmp(two->key[1].description, "logkey:data"));
	test_assert(two->iv_of_disk);
	for (unsigned int k = 0; k < two->keys; k++) {
		test_assert(!strcmp(two->key[k].form->type, "logon"));
		test_assert(!strcmp(two->key[k].form->cipher, "capi:tk(cbc(aes))"));
		test_assert(!strcmp(two->key[k].form->iv, "plain64"));
	}
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		test_assert(layout_key_of(one, v) == 0);
		test_assert(layout_key_of(two, v) == (v == VOLUME_DATA));
	}
}

// Every set of the blobs of a source of mainline's keys: two sizes, and nothing else is a layout.
static void check_mainline(enum config_key_source source, unsigned int system, unsigned int data)
{
	static const unsigned int sizes[] = { 32, 48, 56, 64, 84 };
	const struct layout *layout = layout_for_new(source);

	test_assert(layout && layout->number == 2 && layout->iv_of_disk && layout->keys == 2);
	test_assert(layout->key[0].size == system && layout->key[1].size == data && system != data);
	test_assert(layout_key_of(layout, VOLUME_DATA) == 1 && layout_key_of(layout, VOLUME_STATE) == 0);
	for (unsigned int set = 0; set < 1u << COUNT(sizes); set++) {
		struct layout_blobs blobs = { .source = source };
		const struct layout *found = NULL;
		bool foreign = false, missing = false;

		for (size_t i = 0; i < COUNT(sizes); i++) {
			bool ours = sizes[i] == system || sizes[i] == data, there = set & 1u << i;
			char name[32];

			snprintf(name, sizeof(name), "balena_%u.enc", sizes[i]);
			foreign |= there && !ours;
			missing |= !there && ours;
			if (there)
				test_assert(layout_add_blob(&blobs, name) == (ours ? 0 : BB_BLOB_NAME));
		}
		if (foreign)
			continue;
		test_assert(layout_choose(&blobs, CONFIG_LAYOUT_EITHER, &found) ==
			(missing ? BB_BLOB_MISSING : 0));
		test_assert(found == (missing ? NULL : layout));
		if (!missing)
			test_assert(layout_choose(&blobs, CONFIG_LAYOUT_1, &found) == BB_LAYOUT);
	}
}

static void layout_of_mainline(void)
{
	const struct layout *trusted = layout_for_new(KEY_SOURCE_CAAM_TRUSTED);
	const struct layout *pk = layout_for_new(KEY_SOURCE_CAAM_PK);

	check_mainline(KEY_SOURCE_CAAM_TRUSTED, 64, 32);
	check_mainline(KEY_SOURCE_CAAM_PK, 84, 64);
	test_assert(!strcmp(trusted->key[0].form->cipher, "aes") && !strcmp(trusted->key[0].form->iv,
		"xts-plain64"));
	test_assert(trusted->key[1].form == trusted->key[0].form && pk->key[1].form == trusted->key[0].form);
	test_assert(!strcmp(pk->key[0].form->cipher, "capi:cbc(paes)"));
	test_assert(!strcmp(pk->key[0].form->iv, "plain64"));
}

static void layout_of_a_key(void)
{
	for (unsigned int size = 0; size <= 300; size++) {
		unsigned int key = 99;
		const struct layout *layout = layout_of_key(KEY_SOURCE_CAAM_TK, size, &key);

		test_assert(!layout == (size != 48 && size != 56 && size != 64));
		if (layout)
			test_assert(layout->key[key].size == size && layout->number == (size == 56 ? 1 : 2));
	}
	test_assert(layout_for_new(KEY_SOURCE_CAAM_TK)->number == 2);
}

int main(void)
{
	test_run(layout_every_set);
	test_run(layout_only_what_is_accepted);
	test_run(layout_names);
	test_run(layout_one_name_twice);
	test_run(layout_as_it_is);
	test_run(layout_of_mainline);
	test_run(layout_of_a_key);
	return test_result();
}
