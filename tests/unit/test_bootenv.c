// SPDX-License-Identifier: Apache-2.0
// The boot state's parser and editor: every rule of the format, and a long run of random edits
// against a model that shares no code with them.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "bootenv.h"
#include "test.h"

#define LONGEST "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg"

struct parse_case {
	const char *name, *lines;
	struct bootenv expected;
};

static const struct parse_case parse_cases[] = {
	{ "nothing", "", { 0 } },
	{ "A", "resin_root_part=A\n", { .root = SLOT_A } },
	{ "B", "resin_root_part=B\n", { .root = SLOT_B } },
	{ "all keys",
		"resin_root_part=B\nupgrade_available=1\nbootcount=2\nkernel_override_abi=5.15-x\n"
		"kernel_override_abi_committed_A=a\nkernel_override_abi_committed_B=b\n",
		{ SLOT_B, true, 2, "5.15-x", { "a", "b" }, 0 } },
	{ "lower case", "resin_root_part=b\n", { .discarded = 1 } },
	{ "two letters", "resin_root_part=BB\n", { .discarded = 1 } },
	{ "empty value unsets", "resin_root_part=\nbootcount=\nkernel_override_abi=\n", { 0 } },
	{ "blanks unset", "bootcount= \t\n", { 0 } },
	{ "blanks around", "resin_root_part= \tB \r\n", { .root = SLOT_B } },
	{ "what sed leaves", "bootcount=0 \nresin_root_part=B\n", { .root = SLOT_B } },
	{ "blank inside", "bootcount=1 2\n", { .discarded = 1 } },
	{ "blank before the key", " bootcount=1\n", { 0 } },
	{ "blank behind the key", "bootcount =1\n", { 0 } },
	{ "part of a key", "bootcoun=7\nbootcounts=7\nxbootcount=7\nBOOTCOUNT=7\n", { 0 } },
	{ "comment", "#bootcount=7\n# resin_root_part=B\n", { 0 } },
	{ "line without equals", "bootcount\nresin_root_part=B\n", { .root = SLOT_B } },
	{ "empty lines", "\n\nbootcount=7\n\n", { .bootcount = 7 } },
	{ "empty key", "=7\nbootcount=7\n", { .bootcount = 7 } },
	{ "unknown keys", "foo=bar\nextra_os_firmware_class_path=/x\nbootcount=7\n", { .bootcount = 7 } },
	{ "no newline at the end", "bootcount=7", { .discarded = 1 } }, // the padding is its value then
	{ "twice", "resin_root_part=B\nresin_root_part=B\n", { .discarded = 1 } },
	{ "twice and others", "bootcount=1\nbootcount=2\nresin_root_part=B\n",
		{ .root = SLOT_B, .discarded = 1 } },
	{ "count 0", "bootcount=0\n", { .bootcount = 0 } },
	{ "count 9", "bootcount=9\n", { .bootcount = 9 } },
	{ "count 09", "bootcount=09\n", { .bootcount = 9 } },
	{ "count 99", "bootcount=99\n", { .bootcount = 99 } },
	{ "count 100", "bootcount=100\n", { .discarded = 1 } },
	{ "count 001", "bootcount=001\n", { .discarded = 1 } },
	{ "count -1", "bootcount=-1\n", { .discarded = 1 } },
	{ "count +1", "bootcount=+1\n", { .discarded = 1 } },
	{ "count 0x1", "bootcount=0x1\n", { .discarded = 1 } },
	{ "count 1#", "bootcount=1#\n", { .discarded = 1 } },
	{ "count 1=1", "bootcount=1=1\n", { .discarded = 1 } },
	{ "count overflow", "bootcount=4294967297\n", { .discarded = 1 } },
	{ "upgrade 2", "upgrade_available=2\n", { .discarded = 1 } },
	{ "upgrade true", "upgrade_available=true\n", { .discarded = 1 } },
	{ "upgrade 01", "upgrade_available=01\n", { .discarded = 1 } },
	{ "escaped digit", "bootcount=\\1\n", { .discarded = 1 } },
	{ "escaped newline", "foo=a\\\nbootcount=7\n", { 0 } }, // all one value of foo
	{ "escaped backslash", "foo=a\\\\\nbootcount=7\n", { .bootcount = 7 } },
	{ "override of 64", "kernel_override_abi=" LONGEST "\n", { .override_abi = LONGEST } },
	{ "override of 65", "kernel_override_abi=" LONGEST "x\n", { .discarded = 1 } },
	{ "override ..", "kernel_override_abi=..\n", { .discarded = 1 } },
	{ "override .", "kernel_override_abi=.\n", { .discarded = 1 } },
	{ "override a..b", "kernel_override_abi=a..b\n", { .discarded = 1 } },
	{ "override a.b", "kernel_override_abi=a.b\n", { .override_abi = "a.b" } },
	{ "override ../x", "kernel_override_abi=../x\n", { .discarded = 1 } },
	{ "override with slash", "kernel_override_abi=a/b\n", { .discarded = 1 } },
	{ "override with quote", "kernel_override_abi=a\"b\n", { .discarded = 1 } },
	{ "override with blank", "kernel_override_abi=a b\n", { .discarded = 1 } },
	{ "override of high bytes", "kernel_override_abi=\xc3\xa9\n", { .discarded = 1 } },
	{ "all bad",
		"resin_root_part=C\nupgrade_available=x\nbootcount=x\nkernel_override_abi=/\n"
		"kernel_override_abi_committed_A=/\nkernel_override_abi_committed_B=/\n",
		{ .discarded = 6 } },
};

static bool same(const struct bootenv *a, const struct bootenv *b)
{
	return a->root == b->root && a->upgrade_available == b->upgrade_available &&
		a->bootcount == b->bootcount && a->discarded == b->discarded &&
		!strcmp(a->override_abi, b->override_abi) &&
		!strcmp(a->committed_abi[0], b->committed_abi[0]) &&
		!strcmp(a->committed_abi[1], b->committed_abi[1]);
}

// In a buffer of its own size, so that the sanitizer sees a read beyond the end.
static uint8_t *new_block(size_t size, const char *lines)
{
	uint8_t *data = malloc(size);

	if (!data)
		abort();
	make_block(data, size, lines);
	return data;
}

static void bootenv_parses(void)
{
	for (size_t i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]); i++) {
		const struct parse_case *c = &parse_cases[i];

		test_case = c->name;
		for (size_t size = BOOTENV_SIZE_MIN; size <= BOOTENV_SIZE_MAX; size += 1023) {
			uint8_t *data = new_block(size, c->lines);
			struct bootenv env;
			int error = bootenv_parse(data, size, &env);

			free(data);
			test_assert(!error);
			test_assert(same(&env, &c->expected));
		}
	}
}

static void bootenv_size_is_bounded(void)
{
	static uint8_t data[BOOTENV_SIZE_MAX + 1];
	struct bootenv env = { .bootcount = 77 };

	make_block(data, sizeof(data), "bootcount=7\n");
	for (size_t size = 0; size <= sizeof(data); size++) {
		bool good = size >= 1024 && size <= 4096;
		int error;

		env.bootcount = 77;
		error = bootenv_parse(data, size, &env);
		test_assert(error == (good ? 0 : -EINVAL));
		test_assert(env.bootcount == (good ? 7 : 77));
		if (!good)
			test_assert(bootenv_set(data, size, "bootcount", "7") == -EINVAL);
	}
}

static void bootenv_header_is_exact(void)
{
	uint8_t data[1024];
	struct bootenv env;

	for (size_t i = 0; i < strlen(BLOCK_HEADER); i++) {
		make_block(data, sizeof(data), "bootcount=7\n");
		data[i] ^= 0x20;
		test_assert(bootenv_parse(data, sizeof(data), &env) == -EINVAL);
		test_assert(bootenv_set(data, sizeof(data), "a", "b") == -EINVAL);
	}
	memset(data, 0, sizeof(data));
	test_assert(bootenv_parse(data, sizeof(data), &env) == -EINVAL);
}

// What a cut can leave of two files: a sector of each.
static void bootenv_parts_of_two(void)
{
	uint8_t data[1024];
	struct bootenv env;

	make_block(data, sizeof(data), "resin_root_part=B\nbootcount=7\n");
	make_block(data + 512, 512, "resin_root_part=A\n");
	test_assert(bootenv_parse(data, sizeof(data), &env) == -EINVAL);
	test_assert(bootenv_set(data, sizeof(data), "a", "b") == -EINVAL);
}

static void bootenv_nul_bytes_are_bad_values(void)
{
	uint8_t data[1024];
	struct bootenv env;
	uint8_t *at;

	make_block(data, sizeof(data), "bootcount=7x\nresin_root_part=B\n");
	at = memchr(data, 'x', sizeof(data));
	*at = '\0';
	test_assert(!bootenv_parse(data, sizeof(data), &env));
	test_assert(env.bootcount == 0 && env.discarded == 1 && env.root == SLOT_B);
}

static void bootenv_judges_single_values(void)
{
	test_assert(bootenv_judge("bootcount", 9, "7 ", 2) == 0);
	test_assert(bootenv_judge("bootcount", 9, "", 0) == 0);
	test_assert(bootenv_judge("bootcount", 9, "x", 1) == -EINVAL);
	test_assert(bootenv_judge("bootcoun", 8, "7", 1) == -ENOENT);
	test_assert(bootenv_judge("", 0, "7", 1) == -ENOENT);
}

struct set_case {
	const char *name, *before, *key, *value, *after;
};

static const struct set_case set_cases[] = {
	{ "new in an empty block", "", "bootcount", "1", "bootcount=1\n" },
	{ "new behind others", "a=b\n", "bootcount", "1", "a=b\nbootcount=1\n" },
	{ "same length", "bootcount=1\na=b\n", "bootcount", "2", "bootcount=2\na=b\n" },
	{ "longer", "bootcount=9\na=b\n", "bootcount", "10", "bootcount=10\na=b\n" },
	{ "shorter", "bootcount=10 \na=b\n", "bootcount", "0", "bootcount=0\na=b\n" },
	{ "to nothing", "x=1\na=b\n", "x", "", "x=\na=b\n" },
	{ "only the whole key", "xbootcount=1\nbootcountx=1\n", "bootcount", "2",
		"xbootcount=1\nbootcountx=1\nbootcount=2\n" },
	{ "last, without a newline", "a=b\nbootcount=1", "bootcount", "2", "a=b\nbootcount=2\n" },
	{ "twice, the last without a newline", "a=1\na=2", "a", "3", "a=3\n" },
	{ "comments stay", "# hello\na=b\n#x=y\n", "a", "cc", "# hello\na=cc\n#x=y\n" },
	{ "a comment is no key", "#a=b\n", "#a", "c", "#a=b\n#a=c\n" },
	{ "escapes of others stay", "x=a\\\\\\\nb\na=b\n", "a", "c", "x=a\\\\\\\nb\na=c\n" },
	{ "twice becomes once", "a=1\nb=2\na=3\nc=4\n", "a", "5", "b=2\na=5\nc=4\n" },
	{ "three times", "a=1\na=2\na=3\n", "a", "", "a=\n" },
	{ "twice, longer", "a=1\na=3\nc=4\n", "a", "12345678", "a=12345678\nc=4\n" },
};

static void bootenv_sets(void)
{
	uint8_t expected[1024];

	for (size_t i = 0; i < sizeof(set_cases) / sizeof(set_cases[0]); i++) {
		const struct set_case *c = &set_cases[i];
		uint8_t *data = new_block(sizeof(expected), c->before);
		int error = bootenv_set(data, sizeof(expected), c->key, c->value);
		bool equal;

		make_block(expected, sizeof(expected), c->after);
		equal = !memcmp(data, expected, sizeof(expected));
		free(data);
		test_case = c->name;
		test_assert(!error);
		test_assert(equal);
	}
}

// The last room is used to the byte, and not a byte more.
static void bootenv_full_block_is_untouched(void)
{
	char value[1100] = { 0 };

	for (size_t size = 1024; size <= 1025; size++) {
		size_t room = size - strlen(BLOCK_HEADER) - strlen("key=\n");

		for (size_t length = room - 2; length <= room + 2; length++) {
			uint8_t *data = new_block(size, ""), *before = new_block(size, "");
			bool fits = length <= room, untouched;
			int error;

			memset(value, 'v', length);
			value[length] = '\0';
			error = bootenv_set(data, size, "key", value);
			untouched = !memcmp(data, before, size);
			free(data);
			free(before);
			test_assert(error == (fits ? 0 : -ENOSPC));
			test_assert(fits || untouched);
		}
	}
}

static void bootenv_full_block_changes_in_place(void)
{
	uint8_t data[1024], before[1024];
	char lines[1025];
	size_t room = sizeof(data) - strlen(BLOCK_HEADER);

	memset(lines, 'x', room);
	memcpy(lines, "bootcount=2\ny=", 14);
	lines[room - 1] = '\n';
	lines[room] = '\0';
	make_block(data, sizeof(data), lines);
	test_assert(!bootenv_set(data, sizeof(data), "bootcount", "3"));
	memcpy(before, data, sizeof(data));
	test_assert(bootenv_set(data, sizeof(data), "bootcount", "10") == -ENOSPC);
	test_assert(bootenv_set(data, sizeof(data), "new", "") == -ENOSPC);
	test_assert(!memcmp(data, before, sizeof(data)));
}

// A value that reaches the block's last byte needs no newline behind it.
static void bootenv_changes_the_last_byte(void)
{
	uint8_t data[1024];
	struct bootenv env;

	make_block(data, sizeof(data), "");
	memset(data + strlen(BLOCK_HEADER), 'x', sizeof(data) - strlen(BLOCK_HEADER));
	memcpy(data + sizeof(data) - 12, "\nbootcount=1", 12);
	test_assert(!bootenv_set(data, sizeof(data), "bootcount", "2"));
	test_assert(!bootenv_parse(data, sizeof(data), &env) && env.bootcount == 2);
	test_assert(data[sizeof(data) - 1] == '2');
}

static void bootenv_too_long_for_any_block(void)
{
	static char value[5000];
	uint8_t data[1024];

	memset(value, 'v', sizeof(value) - 1);
	make_block(data, sizeof(data), "");
	test_assert(bootenv_set(data, sizeof(data), "key", value) == -ENOSPC);
}

/*
 * The model: keys and values in two arrays, in the order in which the keys were first set.
 */
#define MODEL_KEYS 12
struct model {
	unsigned int count;
	char key[MODEL_KEYS][16], value[MODEL_KEYS][300];
};

static size_t model_size(const struct model *m)
{
	size_t size = strlen(BLOCK_HEADER);

	for (unsigned int i = 0; i < m->count; i++)
		size += strlen(m->key[i]) + strlen(m->value[i]) + 2;
	return size;
}

static void model_write(const struct model *m, uint8_t *data, size_t size)
{
	char lines[BOOTENV_SIZE_MAX + 1] = "";
	size_t at = 0;

	for (unsigned int i = 0; i < m->count; i++)
		at += (size_t)snprintf(lines + at, sizeof(lines) - at, "%s=%s\n", m->key[i], m->value[i]);
	make_block(data, size, lines);
}

// Sets a value in the model; false and no change when the block would be too small for it.
static bool model_set(struct model *m, const char *key, const char *value, size_t size)
{
	struct model copy = *m;
	unsigned int i = 0;

	while (i < copy.count && strcmp(copy.key[i], key))
		i++;
	copy.count += i == copy.count;
	snprintf(copy.key[i], sizeof(copy.key[i]), "%s", key);
	snprintf(copy.value[i], sizeof(copy.value[i]), "%s", value);
	if (model_size(&copy) > size)
		return false;
	*m = copy;
	return true;
}

static void random_value(char *value, size_t max)
{
	static const char bytes[] = "aB09._-/ =#\t\"'";
	size_t length = (size_t)rand() % (rand() % 4 ? 12 : max);

	for (size_t i = 0; i < length; i++)
		value[i] = bytes[(size_t)rand() % (sizeof(bytes) - 1)];
	value[length] = '\0';
}

static bool edits_agree(size_t size, unsigned int edits)
{
	static const char *const keys[MODEL_KEYS] = { "resin_root_part", "bootcount", "a", "aa", "b",
		"upgrade", "x.y", "A", "Aa", "count", "k", "kk" };
	uint8_t data[BOOTENV_SIZE_MAX], expected[BOOTENV_SIZE_MAX];
	struct model model = { 0 };

	make_block(data, size, "");
	for (unsigned int i = 0; i < edits; i++) {
		const char *key = keys[rand() % MODEL_KEYS];
		char value[300];
		bool fits;

		random_value(value, sizeof(value));
		fits = model_set(&model, key, value, size);
		if (bootenv_set(data, size, key, value) != (fits ? 0 : -ENOSPC))
			return false;
		model_write(&model, expected, size);
		if (memcmp(data, expected, size))
			return false;
	}
	return true;
}

static void bootenv_random_edits(void)
{
	srand(1);
	for (unsigned int run = 0; run < 200; run++)
		test_assert(edits_agree(1024 + (size_t)rand() % 3073, 200));
}

// Whatever the bytes: an answer, nothing read or written outside, and sane values.
static void bootenv_random_bytes(void)
{
	static const char bytes[] = "bootcount=1\n#\\ABresin_root_part=\n\n";

	srand(2);
	for (unsigned int run = 0; run < 5000; run++) {
		size_t size = 1024 + (size_t)rand() % 64;
		uint8_t *data = new_block(size, "");
		struct bootenv env;
		bool sane;

		for (size_t i = strlen(BLOCK_HEADER); i < size; i++)
			data[i] = rand() % 50 ? (uint8_t)bytes[(size_t)rand() % sizeof(bytes)] : (uint8_t)rand();
		sane = !bootenv_parse(data, size, &env) && env.bootcount <= 99;
		if (!bootenv_set(data, size, "bootcount", "42"))
			sane = sane && !bootenv_parse(data, size, &env) && env.bootcount == 42;
		free(data);
		test_assert(sane);
	}
}

static int stop_at_second(void *context, const char *key, size_t key_length, const char *value,
	size_t value_length)
{
	unsigned int *calls = context;

	(void)key;
	(void)key_length;
	(void)value;
	(void)value_length;
	return ++*calls == 2 ? 7 : 0;
}

static void bootenv_each_stops(void)
{
	uint8_t block[BOOTENV_SIZE_MIN];
	unsigned int calls = 0;
	static const char lines[] = "# GRUB Environment Block\na=1\nb=2\nc=3\n";

	memset(block, '#', sizeof(block));
	memcpy(block, lines, sizeof(lines) - 1);
	test_assert(bootenv_each(block, sizeof(block), stop_at_second, &calls) == 7);
	test_assert(calls == 2);
}

int main(void)
{
	test_run(bootenv_parses);
	test_run(bootenv_size_is_bounded);
	test_run(bootenv_header_is_exact);
	test_run(bootenv_parts_of_two);
	test_run(bootenv_nul_bytes_are_bad_values);
	test_run(bootenv_judges_single_values);
	test_run(bootenv_sets);
	test_run(bootenv_full_block_is_untouched);
	test_run(bootenv_full_block_changes_in_place);
	test_run(bootenv_changes_the_last_byte);
	test_run(bootenv_too_long_for_any_block);
	test_run(bootenv_random_edits);
	test_run(bootenv_random_bytes);
	test_run(bootenv_each_stops);
	return test_result();
}
