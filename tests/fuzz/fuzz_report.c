// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: a boot report that is read back and shown. A terminal gets nothing but text; the chart
 * is XML, and the metrics are lines of Prometheus' format, whatever the report's strings are.
 */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl/bbctl.h"
#include "bbctl/timeline.h"
#include "error.h"

const char tool_name[] = "bbctl";

const char *error_meaning(int error)
{
	return bb_error_name(error);
}

const char *error_cause(int error)
{
	return bb_error_name(error);
}

const char *error_remedy(int error)
{
	return bb_error_name(error);
}

int error_number(const char *name)
{
	return strcmp(name, "kernel-refused") ? 0 : BB_KERNEL_REFUSED;
}

static void must(bool good)
{
	if (!good)
		abort();
}

static void check_printed(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		must(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	must(size && text[size - 1] == '\n');
}

// One tag; whether it opens an element, closes one, or neither.
static int depth_of(const char *tag, const char *end)
{
	size_t quotes = 0;

	for (const char *c = tag; c < end; c++) {
		must(*c != '<');
		quotes += *c == '"';
	}
	must(quotes % 2 == 0 && end > tag && (isalpha((unsigned char)*tag) || *tag == '/' || *tag == '?'));
	return *tag == '/' ? -1 : *tag == '?' || end[-1] == '/' ? 0 : 1;
}

static void check_entity(const char *entity)
{
	size_t length = strspn(entity, "#abcdefghijklmnopqrstuvwxyz0123456789");

	must(length && entity[length] == ';');
}

// No string of a report may open an element, close one or begin an entity of its own.
static void check_xml(const char *xml)
{
	int depth = 0, elements = 0;

	for (const char *c = xml; *c; c++) {
		const char *end = *c == '<' ? strchr(c, '>') : NULL;
		int change;

		if (*c == '&')
			check_entity(c + 1);
		must(*c != '>');
		if (*c != '<')
			continue;
		must(end);
		change = depth_of(c + 1, end);
		depth += change;
		elements += change >= 0;
		must(depth >= 0 && (depth || elements <= 1 || !strcmp(end, ">\n")));
		c = end;
	}
	must(!depth);
}

static void check_metric(const char *line, size_t length)
{
	bool quoted = false;
	size_t at = 0;

	for (; at < length && (quoted || line[at] != ' '); at++) {
		if (quoted && line[at] == '\\')
			at++;
		else if (line[at] == '"')
			quoted = !quoted;
	}
	must(!quoted && at < length && !strncmp(line, "balena_bootloader_", 18));
	for (at++; at < length; at++)
		must(isdigit((unsigned char)line[at]) || strchr(".-", line[at]));
}

static void check_metrics(const char *text)
{
	for (; *text; text = strchr(text, '\n') + 1) {
		if (*text != '#')
			check_metric(text, strcspn(text, "\n"));
	}
}

static void check_pictures(const struct json_object *report)
{
	static char buffer[TIMELINE_TEXT_SIZE];
	struct timeline timeline;
	struct text text = TEXT_IN(buffer);

	timeline_read(report, &timeline);
	timeline_text(&timeline, &text);
	check_printed(text.data, text.used);
	must(!text.overflow);
	text = TEXT_IN(buffer);
	report_svg(report, &text);
	check_printed(text.data, text.used);
	must(!text.overflow);
	check_xml(text.data);
	text = TEXT_IN(buffer);
	report_metrics(report, &text);
	check_printed(text.data, text.used);
	must(!text.overflow);
	check_metrics(text.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char printed[1 << 20];
	FILE *terminal = stdout;
	struct json_object *report;
	const char *wrong = report_read((const char *)data, size, &report);

	must(!wrong || !report);
	if (report) {
		check_pictures(report);
		stdout = fmemopen(printed, sizeof(printed), "w");
		must(stdout);
		report_print(report);
		fflush(stdout);
		check_printed(printed, (size_t)ftell(stdout));
		fclose(stdout);
		stdout = terminal;
	}
	json_object_put(report);
	return 0;
}
