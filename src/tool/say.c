// SPDX-License-Identifier: Apache-2.0
// How a host tool says what is wrong, and begins its answer in JSON.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "tool.h"

// More than any answer takes: the longest is a boot state of 4096 bytes that is all keys.
#define JSON_SIZE (512u << 10)

int fail_usage(const char *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s %s: ", tool_name, command);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "; %s %s --help tells more\n", tool_name, command);
	return STATUS_USAGE;
}

int fail_file(const char *file, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: %s: ", tool_name, file);
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

void json_answer(struct text *t, const char *file)
{
	char *buffer = malloc(JSON_SIZE);

	if (!buffer) {
		fprintf(stderr, "%s: no memory\n", tool_name);
		exit(STATUS_USAGE);
	}
	*t = text_in(buffer, JSON_SIZE);
	json_open(t, NULL, '{');
	json_string(t, "file", file);
}
