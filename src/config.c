// SPDX-License-Identifier: Apache-2.0
// Reads the signed configuration; see config.h.

#include <string.h>

#include "config.h"
#include "error.h"
#include "text.h"

static const char *const variants[] = { "production", "development", NULL };
static const char *const stages[] = { "bootloader", "os", "unlock", NULL };
static const char *const key_sources[] = { "caam-tk", NULL };
static const char *const layouts[] = { "1", "2", "either", NULL };

static const struct key {
	const char *name;
	size_t offset;
	const char *const *choices; // the value is the index of one of these words ...
	uint32_t max;               // ... or a number up to this ...
	size_t size;                // ... or a text that fits with its NUL, ...
	bool is_word;               // ... which must be one word
} keys[] = {
	{ "variant", offsetof(struct config, variant), .choices = variants },
	{ "stage", offsetof(struct config, stage), .choices = stages },
	{ "key-source", offsetof(struct config, key_source), .choices = key_sources },
	{ "layout", offsetof(struct config, layout), .choices = layouts },
	{ "disk", offsetof(struct config, disk), .size = CONFIG_WORD_MAX, .is_word = true },
	{ "fuses", offsetof(struct config, fuses), .size = CONFIG_WORD_MAX, .is_word = true },
	{ "disk-timeout", offsetof(struct config, disk_timeout), .max = 600 },
	{ "rng-timeout", offsetof(struct config, rng_timeout), .max = 600 },
	{ "reboot-delay", offsetof(struct config, reboot_delay), .max = 600 },
	{ "watchdog", offsetof(struct config, watchdog), .max = 600 },
	{ "os-watchdog", offsetof(struct config, os_watchdog), .max = 600 },
	{ "minimum-version", offsetof(struct config, minimum_version), .max = UINT32_MAX },
	{ "cmdline-pass", offsetof(struct config, cmdline_pass), .size = CONFIG_TEXT_MAX },
	{ "cmdline-add", offsetof(struct config, cmdline_add), .size = CONFIG_TEXT_MAX },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static int set_choice(const struct key *key, const char *value, void *field)
{
	for (uint32_t i = 0; key->choices[i]; i++) {
		if (!strcmp(key->choices[i], value)) {
			memcpy(field, &i, sizeof(i));
			return 0;
		}
	}
	return BB_CONFIG_BAD;
}

static int set_number(const struct key *key, const char *value, void *field)
{
	uint32_t number;

	if (text_parse_number(value, key->max, &number))
		return BB_CONFIG_BAD;
	memcpy(field, &number, sizeof(number));
	return 0;
}

static int set_text(const struct key *key, const char *value, void *field)
{
	if (strlen(value) >= key->size || (key->is_word && (!value[0] || strpbrk(value, " \t\r"))))
		return BB_CONFIG_BAD;
	memcpy(field, value, strlen(value) + 1);
	return 0;
}

static int set_key(struct config *config, const struct key *key, const char *value)
{
	void *field = (char *)config + key->offset;

	if (key->choices)
		return set_choice(key, value, field);
	return key->size ? set_text(key, value, field) : set_number(key, value, field);
}

// One line, NUL-terminated: nothing, a comment, or "key = value".
static int parse_line(char *line, struct config *config, uint32_t *seen)
{
	char *value = strchr(line, '=');
	size_t name_length;

	if (line[strspn(line, " \t")] == '\0' || line[0] == '#')
		return 0;
	if (!value)
		return BB_CONFIG_BAD;
	for (name_length = (size_t)(value - line); name_length && line[name_length - 1] == ' ';)
		name_length--;
	line[name_length] = '\0';
	value++;
	value += strspn(value, " ");
	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].name, line))
			continue;
		if (*seen & 1u << i)
			return BB_CONFIG_BAD;
		*seen |= 1u << i;
		return set_key(config, &keys[i], value);
	}
	return BB_CONFIG_BAD;
}

/*
 * The watchdog leaves room for all waits of a boot that is given up: the one that was in vain, the
 * one for the disk to keep the report on, and the delay.
 */
static bool waits_end_before_watchdog(const struct config *config)
{
	uint32_t longest = config->disk_timeout > config->rng_timeout ?
		config->disk_timeout : config->rng_timeout;

	return !config->watchdog ||
		config->watchdog >= longest + config->disk_timeout + config->reboot_delay;
}

int config_parse(const uint8_t *data, size_t size, struct config *ret, unsigned int *ret_line)
{
	struct config config = { 0 };
	uint32_t seen = 0;
	size_t at = 0;

	for (*ret_line = 1; at < size; (*ret_line)++) {
		const uint8_t *newline = memchr(data + at, '\n', size - at);
		size_t length = newline ? (size_t)(newline - data) - at : size - at;
		char line[CONFIG_TEXT_MAX + 64];

		if (length >= sizeof(line) || memchr(data + at, '\0', length))
			return BB_CONFIG_BAD;
		memcpy(line, data + at, length);
		line[length] = '\0';
		if (parse_line(line, &config, &seen))
			return BB_CONFIG_BAD;
		at += length + 1;
	}
	*ret_line = 0;
	if (seen != (1u << KEYS) - 1 || !waits_end_before_watchdog(&config))
		return BB_CONFIG_BAD;
	*ret = config;
	return 0;
}
