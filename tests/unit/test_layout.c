// SPDX-License-Identifier: Apache-2.0
// Which layout a disk has: every set of key blobs, under every configuration; and the layouts themselves.

#include <string.h>

#include "error.h"
#include "layout.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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
	test_assert(!strcmp(one->iv, "plain") && !one->iv_of_disk);
	test_assert(two->keys == 2 && two->key[0].size == 64 && two->key[1].size == 48);
	test_assert(!strcmp(two->key[0].description, "logkey:"));
	test_assert(!strcmp(two->key[1].description, "logkey:data"));
	test_assert(!strcmp(two->iv, "plain64") && two->iv_of_disk);
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		test_assert(layout_key_of(one, v) == 0);
		test_assert(layout_key_of(two, v) == (v == VOLUME_DATA));
	}
}

static void layout_of_a_key(void)
{
	for (unsigned int size = 0; size <= 300; size++) {
		unsigned int key = 99;
		const struct layout *layout = layout_of_key(size, &key);

		test_assert(!layout == (size != 48 && size != 56 && size != 64));
		if (layout)
			test_assert(layout->key[key].size == size && layout->number == (size == 56 ? 1 : 2));
	}
	test_assert(layout_for_new()->number == 2);
}

int main(void)
{
	test_run(layout_every_set);
	test_run(layout_only_what_is_accepted);
	test_run(layout_names);
	test_run(layout_one_name_twice);
	test_run(layout_as_it_is);
	test_run(layout_of_a_key);
	return test_result();
}
