// SPDX-License-Identifier: Apache-2.0
// The answers of bbctl: a verdict with a named error of the bootloader.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "json.h"

void refuse(struct verdict *verdict, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(verdict->detail, sizeof(verdict->detail), format, arguments);
	va_end(arguments);
	verdict->error = error;
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
