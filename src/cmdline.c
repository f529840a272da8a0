// SPDX-License-Identifier: Apache-2.0
// Words of kernel command lines; see cmdline.h.

#include <errno.h>
#include <string.h>

#include "cmdline.h"

static const char blanks[] = " \t\n\r";
static const char plain[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._,:=/@+-";

// The next blank-separated word at or after *at; its length, 0 at the end of the line.
static size_t next_word(const char **at)
{
	*at += strspn(*at, blanks);
	return strcspn(*at, blanks);
}

static size_t name_length(const char *word, size_t length)
{
	const char *equals = memchr(word, '=', length);

	return equals ? (size_t)(equals - word) : length;
}

static bool lists(const char *line, const char *word, size_t length)
{
	for (size_t n; (n = next_word(&line)); line += n) {
		if (n == length && !memcmp(line, word, length))
			return true;
	}
	return false;
}

bool cmdline_has(const char *line, const char *word)
{
	return lists(line, word, strlen(word));
}

int cmdline_value(const char *line, const char *name, char *ret, size_t ret_size)
{
	size_t name_size = strlen(name);
	int result = -ENOENT;

	for (size_t n; (n = next_word(&line)); line += n) {
		size_t length = n - name_size - 1;

		if (n <= name_size || strncmp(line, name, name_size) || line[name_size] != '=')
			continue;
		result = length < ret_size ? 0 : -EINVAL;
		if (result)
			continue;
		memcpy(ret, line + name_size + 1, length);
		ret[length] = '\0';
	}
	return result;
}

static void add_bytes(struct text *out, const char *bytes, size_t length)
{
	if (out->used)
		text_add_char(out, ' ');
	text_add_bytes(out, bytes, length);
}

// Whether one of the entries of pass is the word's name, or the start of the word up to its value.
static bool passes(const char *pass, const char *word, size_t length)
{
	size_t name = name_length(word, length);

	for (size_t n; (n = next_word(&pass)); pass += n) {
		bool with_value = name_length(pass, n) < n;

		if (n <= length && !memcmp(pass, word, n) && (with_value || n == name))
			return true;
	}
	return false;
}

void cmdline_filter(const char *line, const char *pass, struct text *out, struct text *dropped)
{
	for (size_t n; (n = next_word(&line)); line += n) {
		size_t name = name_length(line, n);

		if (passes(pass, line, n) && strspn(line, plain) >= n) {
			add_bytes(out, line, n);
			continue;
		}
		name = strspn(line, plain) < name ? strspn(line, plain) : name;
		if (name && !lists(dropped->data, line, name))
			add_bytes(dropped, line, name);
	}
}

void cmdline_add(struct text *out, const char *words)
{
	if (words[0])
		add_bytes(out, words, strlen(words));
}
