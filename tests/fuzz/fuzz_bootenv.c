// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the boot state. What is read keeps to its bounds; a value that was set is the one
// that stands there then, and setting it again changes nothing.

#include <stdlib.h>
#include <string.h>

#include "../../src/bootenv.c"
#include "../../src/text.c"

static bool is_plain(const char *abi)
{
	return strlen(abi) <= BOOTENV_ABI_MAX && !strstr(abi, "..") && !strchr(abi, '/');
}

// All lines but those of one key, as one number; and how often the key stands there.
struct others {
	const char *key;
	uint64_t sum;
	unsigned int seen;
};

static int sum_up(void *context, const char *key, size_t key_length, const char *value,
	size_t value_length)
{
	struct others *o = context;

	if (key_length == strlen(o->key) && !memcmp(key, o->key, key_length)) {
		o->seen++;
		return 0;
	}
	for (size_t i = 0; i < key_length; i++)
		o->sum = (o->sum ^ (uint8_t)key[i]) * 0x100000001b3;
	o->sum = (o->sum ^ '=') * 0x100000001b3;
	for (size_t i = 0; i < value_length; i++)
		o->sum = (o->sum ^ (uint8_t)value[i]) * 0x100000001b3;
	o->sum = (o->sum ^ '\n') * 0x100000001b3;
	return 0;
}

// Whether the last line runs into the padding, which is then part of it.
static bool is_open(const uint8_t *data, size_t size)
{
	size_t end = content_end(data, size);

	return end == size || data[end - 1] != '\n' || (end > 1 && data[end - 2] == '\\');
}

static void check_others(const uint8_t *before, const uint8_t *after, size_t size, const char *key)
{
	struct others old = { .key = key }, new = { .key = key };

	if (bootenv_each(before, size, sum_up, &old) || bootenv_each(after, size, sum_up, &new) || new.seen != 1)
		abort();
	if (!is_open(before, size) && old.sum != new.sum)
		abort();
}

static void check_set(const uint8_t *data, size_t size, const char *key, const char *value)
{
	uint8_t block[BOOTENV_SIZE_MAX], again[BOOTENV_SIZE_MAX];
	struct bootenv env;
	int error;

	memcpy(block, data, size);
	error = bootenv_set(block, size, key, value);
	if (error) {
		if (error != -ENOSPC || memcmp(block, data, size))
			abort();
		return;
	}
	memcpy(again, block, size);
	if (bootenv_parse(block, size, &env) || env.bootcount != 42 ||
	    bootenv_set(again, size, key, value) || memcmp(block, again, size))
		abort();
	check_others(data, block, size, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t block[BOOTENV_SIZE_MAX];
	struct bootenv env;
	size_t length;

	// As it is; then behind a header and filled up, so that the lines are reached at once.
	bootenv_parse(data, size, &env);
	if (size + HEADER_LENGTH > BOOTENV_SIZE_MAX)
		return 0;
	length = size + HEADER_LENGTH < BOOTENV_SIZE_MIN ? BOOTENV_SIZE_MIN : size + HEADER_LENGTH;
	memset(block, '#', length);
	memcpy(block, header, HEADER_LENGTH);
	memcpy(block + HEADER_LENGTH, data, size);
	if (bootenv_parse(block, length, &env) != (memmem(data, size, header, HEADER_LENGTH) ? -EINVAL : 0))
		abort();
	if (memmem(data, size, header, HEADER_LENGTH))
		return 0;
	if (env.bootcount > BOOTENV_COUNT_MAX || env.discarded > KNOWN_KEYS ||
	    !is_plain(env.override_abi) || !is_plain(env.committed_abi[0]) ||
	    !is_plain(env.committed_abi[1]))
		abort();
	check_set(block, length, "bootcount", "42");
	return 0;
}
