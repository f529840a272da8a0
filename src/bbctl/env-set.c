// SPDX-License-Identifier: Apache-2.0
// bbctl env set: changes values, unless nobody would take them.

#include <errno.h>
#include <string.h>

#include "bbctl.h"
#include "bootenv.h"
#include "env.h"

// Keys that init does not read but the operating system does.
static const char *const os_keys[] = { "extra_os_firmware_class_path" };

static bool is_os_key(const char *key)
{
	for (size_t i = 0; i < sizeof(os_keys) / sizeof(os_keys[0]); i++) {
		if (!strcmp(os_keys[i], key))
			return true;
	}
	return false;
}

// Whether a value may be set; says why not.
static int check_value(const struct env_session *s, const char *key, const char *value)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
	int judged = bootenv_judge(key, strlen(key), value, strlen(value));

	if (!key[0] || key[strspn(key, allowed)])
		return fail_usage("env", "%s is no key: letters, digits, and any of _.-", key);
	for (const char *c = value; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return fail_usage("env", "the value of %s has a control character", key);
	}
	if (s->force || !judged || (judged == -ENOENT && is_os_key(key)))
		return STATUS_GOOD;
	fail_file(s->file, judged == -ENOENT ? "%s: no key that init or the OS reads; --force sets it" :
		"%s: init would discard this value; --force sets it", key);
	return STATUS_REFUSED;
}

static int set_value(struct env_session *s, char *word)
{
	char *value = strchr(word, '=');
	char escaped[BOOTENV_SIZE_MAX];
	struct text text = TEXT_IN(escaped);
	int error;

	if (!value)
		return fail_usage("env", "%s is not KEY=VALUE", word);
	*value++ = '\0';
	error = check_value(s, word, value);
	if (error)
		return error;
	for (; *value; value++) {
		if (*value == '\\')
			text_add_char(&text, '\\');
		text_add_char(&text, *value);
	}
	error = text.overflow ? -ENOSPC : bootenv_set(s->data, s->size, word, escaped);
	if (!error)
		return STATUS_GOOD;
	fail_file(s->file, "%s does not fit into the block of %zu bytes", word, s->size);
	return STATUS_REFUSED;
}

int env_set(struct env_session *s, int count, char **words)
{
	if (!count)
		return fail_usage("env", "set takes a file and KEY=VALUE...");
	for (int i = 0; i < count; i++) {
		int error = set_value(s, words[i]);

		if (error)
			return error;
	}
	return write_whole(s->file, 0644, s->data, s->size);
}
