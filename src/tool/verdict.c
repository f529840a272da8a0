// SPDX-License-Identifier: Apache-2.0
// How a verdict is made and told; see verdict.h.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "error.h"
#include "json.h"
#include "tool.h"
#include "verdict.h"

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
	fprintf(stderr, "%s: %s: refused: %s (%d): %s\n", tool_name, verdict->file,
		bb_error_name(verdict->error), verdict->error, verdict->detail);
	return STATUS_REFUSED;
}
