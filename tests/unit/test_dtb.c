// SPDX-License-Identifier: Apache-2.0
// Device trees: one word of a good one is changed at a time, and what only looks like one is
// refused.

#include "dtb.h"

#include <stdlib.h>
#include <string.h>

#include "mkhab.h"
#include "test.h"

#define SIZE 140

/* Where mkhab_dtb() puts what with this size and one child. */
enum { RESERVED = 40, ROOT = 56, NAME = 60, PROPERTY = 64, VALUE = 76, CHILD = 116,
	CHILD_NAME = 120, CHILD_END = 124, ROOT_END = 128, END = 132, STRINGS = 136 };

struct change {
	const char *name;
	size_t at;
	uint32_t word;
};

static const struct change bad[] = {
	{ "magic", 0, 0xd00dfeef },
	{ "structure in the list of reserved memory", 8, 52 },
	{ "structure at an odd place", 8, ROOT + 2 },
	{ "structure behind the file", 8, 0xfffffffc },
	{ "structure behind the strings", 8, SIZE },
	{ "strings within the structure", 12, END },
	{ "strings reach beyond the file", 12, STRINGS + 1 },
	{ "strings behind the file", 12, UINT32_MAX },
	{ "reserved memory in the header", 16, 24 },
	{ "reserved memory at an odd place", 16, 44 },
	{ "reserved memory does not end", 16, 48 },
	{ "reserved memory has an entry, and does not end", RESERVED + 12, 1 },
	{ "reserved memory behind the file", 16, 0xfffffff8 },
	{ "version 16", 20, 16 },
	{ "version 18", 20, 18 },
	{ "compatible with 15", 24, 15 },
	{ "compatible with 18", 24, 18 },
	{ "strings too long", 32, 5 },
	{ "strings longer than any file", 32, UINT32_MAX },
	{ "no strings", 32, 0 },
	{ "structure cut off", 36, 76 },
	{ "structure reaches into the strings", 36, 84 },
	{ "structure of odd size", 36, 82 },
	{ "structure longer than any file", 36, 0xfffffffc },
	{ "no structure", 36, 0 },
	{ "no root, but a property", ROOT, 3 },
	{ "no root, but its end", ROOT, 2 },
	{ "something in front of the root", ROOT, 4 },
	{ "no root, but the end", ROOT, 9 },
	{ "a root with a name", NAME, 0x78000000 },
	{ "an unknown token", PROPERTY, 5 },
	{ "token 0", PROPERTY, 0 },
	{ "the end within the root", PROPERTY, 9 },
	{ "a second root", PROPERTY, 2 },
	{ "a property that takes all the rest", PROPERTY + 4, STRINGS - VALUE },
	{ "a property that reaches into the strings", PROPERTY + 4, STRINGS - VALUE + 1 },
	{ "a property longer than the file", PROPERTY + 4, 0x7fffffff },
	{ "a property of 4 GiB", PROPERTY + 4, UINT32_MAX },
	{ "a property whose name is behind the strings", PROPERTY + 8, 4 },
	{ "a property whose name is far away", PROPERTY + 8, UINT32_MAX },
	{ "a child that does not end", CHILD_END, 4 },
	{ "a root that does not end", ROOT_END, 4 },
	{ "no end", END, 4 },
	{ "a node behind the root", END, 1 },
};

static const struct change good[] = {
	{ "the processor that boots", 28, 7 },
	{ "another value", VALUE, 9 },
	{ "an odd name of a property", PROPERTY + 8, 3 },
	{ "a property that is not filled up", PROPERTY + 4, CHILD - VALUE - 3 },
	{ "a child's other name", CHILD_NAME, 0x61620000 },
};

/* The sanitizer sees a read beyond the end. */
static bool is_good(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);
	const char *fault;

	memcpy(copy, data, size);
	fault = dtb_fault(copy, size);
	free(copy);
	return !fault;
}

static bool is_good_with(const struct change *change)
{
	uint8_t data[SIZE];

	test_case = change->name;
	mkhab_dtb(data, SIZE, "soc");
	mkhab_word(data + change->at, change->word);
	return is_good(data, SIZE);
}

static void changes(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		test_assert(!is_good_with(&bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		test_assert(is_good_with(&good[i]));
}

static void cut_anywhere(void)
{
	uint8_t data[SIZE];

	for (size_t size = 0; size < SIZE; size++) {
		mkhab_dtb(data, SIZE, "soc");
		test_assert(!is_good(data, size));
	}
}

static void ends_with_the_root(void)
{
	uint8_t data[SIZE];

	mkhab_dtb(data, SIZE, "soc");
	mkhab_word(data + CHILD, 2);
	mkhab_word(data + CHILD_NAME, 9);
	test_assert(!is_good(data, SIZE)); /* the block goes on */
	mkhab_word(data + 36, CHILD_NAME + 4 - ROOT);
	test_assert(is_good(data, SIZE));
}

static void names_end(void)
{
	uint8_t data[SIZE];

	mkhab_dtb(data, SIZE, "soc");
	mkhab_word(data + PROPERTY + 8, 2);
	test_assert(is_good(data, SIZE));
	data[SIZE - 1] = 'x'; /* of the property; nothing is behind it */
	test_assert(!is_good(data, SIZE));
	mkhab_dtb(data, SIZE, "soc");
	memset(data + CHILD_NAME, 'x', STRINGS - CHILD_NAME);
	test_assert(!is_good(data, SIZE));
}

/* libfdt takes "images@1" for "images" too. */
static void fits(void)
{
	static const char *const refused[] = { "images", "images@1", "configurations", "configurations@" };
	static const char *const taken[] = { "image", "images2", "xconfigurations", "Images", "" };
	uint8_t data[200];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		mkhab_dtb(data, sizeof(data), refused[i]);
		test_assert(!is_good(data, sizeof(data)));
	}
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		mkhab_dtb(data, sizeof(data), taken[i]);
		test_assert(is_good(data, sizeof(data)));
	}
}

/* In place of the property: nodes below nodes, all of them named "images" but the first. */
static void deep(void)
{
	static uint8_t data[2048];
	const size_t fill = sizeof(data) - SIZE + CHILD - PROPERTY;

	for (size_t depth = 1; depth <= 100; depth++) {
		uint8_t *at = data + PROPERTY;

		mkhab_dtb(data, sizeof(data), "soc");
		for (size_t i = 0; i < fill / 4; i++)
			mkhab_word(at + 4 * i, 4);
		for (size_t i = 1; i < depth; i++, at += 12) {
			mkhab_word(at, 1);
			memcpy(at + 4, i == 1 ? "bridge\0" : "images\0", 8);
		}
		for (size_t i = 1; i < depth; i++, at += 4)
			mkhab_word(at, 2);
		test_assert(is_good(data, sizeof(data)) == (depth <= 64));
	}
}

int main(void)
{
	test_run(changes);
	test_run(cut_anywhere);
	test_run(ends_with_the_root);
	test_run(names_end);
	test_run(fits);
	test_run(deep);
	return test_result();
}
