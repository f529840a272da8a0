// SPDX-License-Identifier: Apache-2.0
// How bbctl takes its options and gives its answers.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "json.h"

// More than any answer takes: the longest is a boot state of 4096 bytes that is all keys.
#define JSON_SIZE (512u << 10)

static const struct command_option *find_option(const struct command_option *options,
	const char *word, size_t length)
{
	for (; options->name; options++) {
		if (strlen(options->name) == length && !memcmp(options->name, word, length))
			return options;
	}
	return NULL;
}

// Takes one option, and its value, which stands behind '=' or is the next word, at *i.
static int take_option(int argc, char **argv, int *i, const struct command_option *options)
{
	char *equals = strchr(argv[*i], '='), *word = argv[*i];
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct command_option *option = find_option(options, word, length);

	if (!option)
		return fail_usage(argv[0], "no option %s", word);
	if (option->flag) {
		*option->flag = true;
		return equals ? fail_usage(argv[0], "%s takes no value", option->name) : 0;
	}
	if (!equals && *i + 1 == argc)
		return fail_usage(argv[0], "%s needs a value", option->name);
	*option->value = equals ? equals + 1 : argv[++*i];
	return 0;
}

int take_options(int argc, char **argv, const struct command_option *options)
{
	int left = 0;
	bool ended = false;

	for (int i = 1; i < argc; i++) {
		if (ended || argv[i][0] != '-' || !argv[i][1]) {
			argv[++left] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			ended = true;
		} else if (take_option(argc, argv, &i, options)) {
			return -1;
		}
	}
	return left;
}

void refuse(struct verdict *verdict, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict->detail, sizeof(verdict->detail), format, arguments);
	va_end(arguments);
	verdict->error = error;
}

void json_answer(struct text *t, const char *file)
{
	char *buffer = malloc(JSON_SIZE);

	if (!buffer) {
		fputs("bbctl: no memory\n", stderr);
		exit(STATUS_USAGE);
	}
	*t = text_in(buffer, JSON_SIZE);
	json_open(t, NULL, '{');
	json_string(t, "file", file);
}

static void print_json(const struct verdict *verdict, struct text *json)
{
	if (verdict->error) {
		json_open(json, "error", '{');
		json_string(json, "name", bb_error_name(verdict->error));
		json_number(json, "number", (uint64_t)verdict->error);
		json_string(json, "detail", verdict->detail);
		json_close(json, '}');
	} else {
		json_null(json, "error");
	}
	json_close(json, '}');
	puts(json->data);
	free(json->data);
	json->data = NULL;
}

int answer(const struct verdict *verdict, struct text *json)
{
	if (json->data)
		print_json(verdict, json);
	if (fflush(stdout) || ferror(stdout))
		return fail_file("standard output", "cannot be written");
	if (!verdict->error)
		return STATUS_GOOD;
	fprintf(stderr, "bbctl: %s: refused: %s (%d): %s\n", verdict->file,
		bb_error_name(verdict->error), verdict->error, verdict->detail);
	return STATUS_REFUSED;
}

int fail_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "bbctl %s: ", command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; bbctl %s --help tells more\n", command);
	return STATUS_USAGE;
}

int fail_file(const char *file, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "bbctl: %s: ", file);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return STATUS_USAGE;
}

void print_plain(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		putchar(bytes[i] < ' ' || bytes[i] > '~' ? '?' : bytes[i]);
}

const char *error_meaning(int error)
{
	switch (error) {
#define ERROR_MEANING(number, constant, name, meaning) case constant: return meaning;
	BB_ERROR_TABLE(ERROR_MEANING)
#undef ERROR_MEANING
	default: return NULL;
	}
}

int error_number(const char *name)
{
#define ERROR_NUMBER(number, constant, error_name, meaning) \
	if (!strcmp(name, error_name)) \
		return number;
	BB_ERROR_TABLE(ERROR_NUMBER)
#undef ERROR_NUMBER
	return 0;
}
