// SPDX-License-Identifier: Apache-2.0
// The GRUB environment block that holds the boot state; see bootenv.h.

#include <errno.h>
#include <string.h>

#include "bootenv.h"
#include "text.h"

static const char header[] = "# GRUB Environment Block\n";
#define HEADER_LENGTH (sizeof(header) - 1)

// A second header is what a cut leaves of two files: a sector of each.
static bool is_block(const uint8_t *data, size_t size)
{
	return size >= BOOTENV_SIZE_MIN && size <= BOOTENV_SIZE_MAX &&
		!memcmp(data, header, HEADER_LENGTH) &&
		!memmem(data + HEADER_LENGTH, size - HEADER_LENGTH, header, HEADER_LENGTH);
}

// The end of the line that starts at `at`, without its newline; a backslash hides the next byte.
static size_t line_end(const uint8_t *data, size_t size, size_t at)
{
	while (at < size && data[at] != '\n')
		at += data[at] == '\\' && at + 1 < size ? 2 : 1;
	return at;
}

struct line {
	size_t start, end;     // of the whole line, without its newline
	size_t value;          // where its value starts; 0 for a line without '='
};

// Moves on to the next line; false at the end of the block.
static bool next_line(const uint8_t *data, size_t size, size_t *at, struct line *line)
{
	const uint8_t *equals;

	if (*at >= size)
		return false;
	line->start = *at;
	line->end = line_end(data, size, *at);
	equals = memchr(data + line->start, '=', line->end - line->start);
	line->value = equals && data[line->start] != '#' ? (size_t)(equals - data) + 1 : 0;
	*at = line->end + 1;
	return true;
}

int bootenv_each(const uint8_t *data, size_t size, bootenv_visit *visit, void *context)
{
	size_t at = HEADER_LENGTH;
	struct line line;

	if (!is_block(data, size))
		return -EINVAL;
	while (next_line(data, size, &at, &line)) {
		const char *text = (const char *)data;
		int stop;

		if (!line.value)
			continue;
		stop = visit(context, text + line.start, line.value - 1 - line.start,
			text + line.value, line.end - line.value);
		if (stop)
			return stop;
	}
	return 0;
}

static int parse_slot(const char *value, struct bootenv *env)
{
	if (strcmp(value, "A") && strcmp(value, "B"))
		return -EINVAL;
	env->root = value[0] == 'A' ? SLOT_A : SLOT_B;
	return 0;
}

static int parse_upgrade(const char *value, struct bootenv *env)
{
	if (strcmp(value, "0") && strcmp(value, "1"))
		return -EINVAL;
	env->upgrade_available = value[0] == '1';
	return 0;
}

static int parse_count(const char *value, struct bootenv *env)
{
	uint32_t count;

	if (strlen(value) > 2 || text_parse_number(value, BOOTENV_COUNT_MAX, &count))
		return -EINVAL;
	env->bootcount = count;
	return 0;
}

// [A-Za-z0-9._-]{1,64} without "..": it becomes part of a path and a word of a command line.
static int copy_abi(const char *value, char ret[static BOOTENV_ABI_MAX + 1])
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t length = strlen(value);

	if (!length || length > BOOTENV_ABI_MAX || value[strspn(value, allowed)] ||
	    strstr(value, "..") || !strcmp(value, "."))
		return -EINVAL;
	memcpy(ret, value, length + 1);
	return 0;
}

static int parse_override(const char *value, struct bootenv *env)
{
	return copy_abi(value, env->override_abi);
}

static int parse_committed_a(const char *value, struct bootenv *env)
{
	return copy_abi(value, env->committed_abi[SLOT_A]);
}

static int parse_committed_b(const char *value, struct bootenv *env)
{
	return copy_abi(value, env->committed_abi[SLOT_B]);
}

static const struct known_key {
	const char *name;
	int (*parse)(const char *value, struct bootenv *env);
} known_keys[] = {
	{ "resin_root_part", parse_slot },
	{ "upgrade_available", parse_upgrade },
	{ "bootcount", parse_count },
	{ "kernel_override_abi", parse_override },
	{ "kernel_override_abi_committed_A", parse_committed_a },
	{ "kernel_override_abi_committed_B", parse_committed_b },
};
#define KNOWN_KEYS (sizeof(known_keys) / sizeof(known_keys[0]))

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

// A known key's value without the blanks around it. An empty value means that the key is unset:
// grub-editenv users write "key=" for that.
static int trimmed_value(const char *value, size_t length, char ret[static BOOTENV_ABI_MAX + 1])
{
	for (; length && is_blank(value[0]); length--)
		value++;
	while (length && is_blank(value[length - 1]))
		length--;
	if (length > BOOTENV_ABI_MAX || memchr(value, '\0', length))
		return -EINVAL;
	memcpy(ret, value, length);
	ret[length] = '\0';
	return 0;
}

// The value of a key that stands exactly once in the block.
struct lookup {
	const char *name;
	unsigned int seen;
	const char *value;
	size_t value_length;
};

static int look_up(void *context, const char *key, size_t key_length,
	const char *value, size_t value_length)
{
	struct lookup *lookup = context;

	if (strlen(lookup->name) != key_length || memcmp(lookup->name, key, key_length))
		return 0;
	lookup->seen++;
	lookup->value = value;
	lookup->value_length = value_length;
	return 0;
}

static int take_value(const struct known_key *key, const char *value, size_t length,
	struct bootenv *env)
{
	char trimmed[BOOTENV_ABI_MAX + 1];

	if (trimmed_value(value, length, trimmed))
		return -EINVAL;
	return trimmed[0] ? key->parse(trimmed, env) : 0;
}

int bootenv_judge(const char *key, size_t key_length, const char *value, size_t value_length)
{
	struct bootenv env;

	for (size_t i = 0; i < KNOWN_KEYS; i++) {
		if (strlen(known_keys[i].name) == key_length &&
		    !memcmp(known_keys[i].name, key, key_length))
			return take_value(&known_keys[i], value, value_length, &env);
	}
	return -ENOENT;
}

int bootenv_parse(const uint8_t *data, size_t size, struct bootenv *ret)
{
	struct bootenv env = { .root = SLOT_A };

	if (!is_block(data, size))
		return -EINVAL;
	for (size_t i = 0; i < KNOWN_KEYS; i++) {
		struct lookup lookup = { .name = known_keys[i].name };

		bootenv_each(data, size, look_up, &lookup);
		if (!lookup.seen)
			continue;
		if (lookup.seen > 1 ||
		    take_value(&known_keys[i], lookup.value, lookup.value_length, &env))
			env.discarded++;
	}
	*ret = env;
	return 0;
}

// Where the padding starts: behind the last line that is not all '#'.
static size_t content_end(const uint8_t *data, size_t size)
{
	size_t at = HEADER_LENGTH, end = HEADER_LENGTH;
	struct line line;

	while (next_line(data, size, &at, &line)) {
		for (size_t i = line.start; i < line.end; i++) {
			if (data[i] != '#')
				end = line.end < size ? line.end + 1 : size;
		}
	}
	return end;
}

// Takes the first line with this key out; the padding grows by it.
static void remove_first(uint8_t *data, size_t size, const char *key)
{
	size_t at = HEADER_LENGTH, end = content_end(data, size), length = strlen(key);
	struct line line;

	while (next_line(data, size, &at, &line)) {
		if (!line.value || line.value - 1 - line.start != length ||
		    memcmp(data + line.start, key, length))
			continue;
		memmove(data + line.start, data + at, end - at);
		memset(data + end - (at - line.start), '#', at - line.start);
		return;
	}
}

int bootenv_set(uint8_t *data, size_t size, const char *key, const char *value)
{
	struct lookup lookup = { .name = key };
	size_t value_length = strlen(value);
	size_t from, to, end, tail; // [from, to) is replaced, [to, end) moves
	char line[BOOTENV_SIZE_MAX];
	struct text text = TEXT_IN(line);

	if (!is_block(data, size))
		return -EINVAL;
	bootenv_each(data, size, look_up, &lookup);
	end = content_end(data, size);
	if (lookup.seen) {
		from = (size_t)(lookup.value - (const char *)data);
		to = from + lookup.value_length;
		text_add(&text, value);
		if (to == size && from + text.used < size) // the padding counted as value
			text_add_char(&text, '\n');
	} else {
		from = to = end;
		if (data[end - 1] != '\n')
			text_add_char(&text, '\n');
		text_add(&text, key);
		text_add_char(&text, '=');
		text_add_bytes(&text, value, value_length);
		text_add_char(&text, '\n');
	}
	tail = end - to;
	if (text.overflow || from + text.used + tail > size)
		return -ENOSPC;
	memmove(data + from + text.used, data + to, tail);
	memcpy(data + from, line, text.used);
	memset(data + from + text.used + tail, '#', size - from - text.used - tail);
	while (lookup.seen-- > 1)
		remove_first(data, size, key);
	return 0;
}
