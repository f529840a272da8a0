// SPDX-License-Identifier: Apache-2.0
// How the steps of bbctl explain tell what they see; see explain.h.

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "explain.h"
#include "json.h"

void begin_step(struct explain *e, const char *stage, const char *title)
{
	if (!e->json.data) {
		printf("%s: %s%s\n", stage, title,
			e->verdict.error ? " (init would not come this far)" : "");
		return;
	}
	json_open(&e->json, NULL, '{');
	json_string(&e->json, "stage", stage);
	json_bool(&e->json, "reached", !e->verdict.error);
	json_open(&e->json, "evidence", '[');
}

static void tell_json(struct text *json, const struct verdict *verdict)
{
	json_close(json, ']');
	if (verdict->error) {
		json_open(json, "error", '{');
		json_string(json, "name", bb_error_name(verdict->error));
		json_number(json, "number", (uint64_t)verdict->error);
		json_string(json, "detail", verdict->detail);
		json_string(json, "remedy", error_remedy(verdict->error));
		json_close(json, '}');
	} else {
		json_null(json, "error");
	}
	json_close(json, '}');
}

void end_step(struct explain *e, const struct verdict *verdict)
{
	if (verdict->error && !e->verdict.error)
		refuse(&e->verdict, verdict->error, "%s", verdict->detail);
	if (e->json.data) {
		tell_json(&e->json, verdict);
		return;
	}
	if (verdict->error) {
		printf("  => refused: %s (%d): ", bb_error_name(verdict->error), verdict->error);
		print_plain(verdict->detail, strlen(verdict->detail));
		putchar('\n');
		explain_error(verdict->error);
	}
	putchar('\n');
}

void say(struct explain *e, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (e->json.data) {
		json_string(&e->json, NULL, line);
		return;
	}
	fputs("  ", stdout);
	print_plain(line, strlen(line));
	putchar('\n');
}
