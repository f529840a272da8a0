// SPDX-License-Identifier: Apache-2.0
// Reads "key = value" files; see settings.h.

#include <errno.h>
#include <string.h>

#include "settings.h"
#include "text.h"

static int set_choice(const struct setting *key, const char *value, void *field)
{
	for (uint32_t i = 0; key->choices[i]; i++) {
		if (!strcmp(key->choices[i], value)) {
			memcpy(field, &i, sizeof(i));
			return 0;
		}
	}
	return -EINVAL;
}

static int set_bytes(const struct setting *key, const char *value, void *field)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *bytes = field;

	if (strlen(value) != 2 * key->bytes || strspn(value, digits) != 2 * key->bytes)
		return -EINVAL;
	for (size_t i = 0; i < key->bytes; i++)
		bytes[i] = (uint8_t)((strchr(digits, value[2 * i]) - digits) << 4 |
				     (strchr(digits, value[2 * i + 1]) - digits));
	return 0;
}

static int set_string(const struct setting *key, const char *value, void *field)
{
	if (strlen(value) >= key->size || (key->is_word && (!value[0] || strpbrk(value, " \t\r"))))
		return -EINVAL;
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

static int set_number(const struct setting *key, const char *value, void *field)
{
	uint32_t number;

	if (text_parse_number(value, key->max, &number))
		return -EINVAL;
	memcpy(field, &number, sizeof(number));
	return 0;
}

static int set_key(const struct setting *key, const char *value, void *ret)
{
	void *field = (char *)ret + key->offset;

	if (key->choices)
		return set_choice(key, value, field);
	if (key->bytes)
		return set_bytes(key, value, field);
	return key->size ? set_string(key, value, field) : set_number(key, value, field);
}

// One line, NUL-terminated: nothing, a comment, or "key = value".
static int parse_line(
	char *line, const struct setting *table, size_t count, uint64_t *seen, void *ret)
{
	char *value = strchr(line, '=');
	size_t name_length;

	if (line[strspn(line, " \t")] == '\0' || line[0] == '#')
		return 0;
	if (!value)
		return -EINVAL;
	for (name_length = (size_t)(value - line); name_length && line[name_length - 1] == ' ';)
		name_length--;
	line[name_length] = '\0';
	value++;
	value += strspn(value, " ");
	for (size_t i = 0; i < count; i++) {
		if (strcmp(table[i].name, line))
			continue;
		if (*seen & UINT64_C(1) << i)
			return -EINVAL;
		*seen |= UINT64_C(1) << i;
		return set_key(&table[i], value, ret);
	}
	return -EINVAL;
}

static uint64_t all_of(size_t count)
{
	return count == SETTINGS_KEYS_MAX ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

int settings_parse(const uint8_t *data, size_t size, const struct setting *table, size_t count,
	void *ret, unsigned int *ret_line)
{
	uint64_t seen = 0;
	size_t at = 0;

	for (*ret_line = 1; at < size; (*ret_line)++) {
		const uint8_t *newline = memchr(data + at, '\n', size - at);
		size_t length = newline ? (size_t)(newline - data) - at : size - at;
		char line[SETTINGS_LINE_MAX + 1];

		if (length >= sizeof(line) || memchr(data + at, '\0', length))
			return -EINVAL;
		memcpy(line, data + at, length);
		line[length] = '\0';
		if (parse_line(line, table, count, &seen, ret))
			return -EINVAL;
		at += length + 1;
	}
	*ret_line = 0;
	return seen == all_of(count) ? 0 : -EINVAL;
}
