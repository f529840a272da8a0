// SPDX-License-Identifier: Apache-2.0
// The stages of a report in order, which of them failed, and a picture of them in characters.

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "timeline.h"

#define BAR_WIDTH 48
#define MICROSECONDS 1000000.0

void text_format(struct text *t, const char *format, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	text_add(t, line);
}

void text_add_plain(struct text *t, const char *string, size_t max, const char *(*quote)(char c))
{
	if (!string)
		string = "?";
	for (size_t i = 0; i < max && string[i]; i++) {
		char c = string[i] < ' ' || string[i] > '~' ? '?' : string[i];
		const char *quoted = quote ? quote(c) : NULL;

		if (quoted)
			text_add(t, quoted);
		else
			text_add_char(t, c);
	}
}

static uint64_t time_of(const struct json_object *stage, const char *name)
{
	int64_t time = report_number(stage, name);

	return time > 0 ? (uint64_t)time : 0;
}

static void read_stage(const struct json_object *from, struct timeline *timeline)
{
	struct timeline_stage *stage = &timeline->stage[timeline->count++];
	struct text name = TEXT_IN(stage->name);
	uint64_t last;

	text_add_plain(&name, report_string(from, "name"), sizeof(stage->name) - 1, NULL);
	stage->start = time_of(from, "start");
	stage->end = time_of(from, "end");
	stage->failed = false;
	// The stage that writes the report has no end in it.
	stage->ended = stage->end && stage->end >= stage->start;
	last = stage->ended ? stage->end : stage->start;
	if (last > timeline->total)
		timeline->total = last;
}

// Marks the stage that an error names, the first or last one from an index; returns the next index.
static size_t mark(struct timeline *timeline, size_t from, const struct json_object *error, bool last)
{
	const char *name = report_string(error, "stage");
	size_t found = timeline->count;

	for (size_t i = from; name && i < timeline->count; i++) {
		if (strcmp(timeline->stage[i].name, name))
			continue;
		found = i;
		if (!last)
			break;
	}
	if (found == timeline->count)
		return from;
	timeline->stage[found].failed = true;
	return found + 1;
}

/*
 * Attempts follow each other, each up to the stage in which it failed. A boot that is given up after
 * them has the error of the first one, which is marked then.
 */
static void mark_failed(const struct json_object *report, struct timeline *timeline)
{
	const struct json_object *attempts = report_member(report, "attempts");
	size_t at = 0;

	for (size_t i = 0; i < report_count(attempts); i++)
		at = mark(timeline, at, report_member(json_object_array_get_idx(attempts, i), "error"),
			false);
	mark(timeline, at, report_member(report, "error"), true);
}

void timeline_read(const struct json_object *report, struct timeline *ret)
{
	const struct json_object *stages = report_member(report, "stages");
	size_t count = report_count(stages);

	*ret = (struct timeline){ .total = 1 };
	for (size_t i = 0; i < count && i < TIMELINE_STAGES_MAX; i++)
		read_stage(json_object_array_get_idx(stages, i), ret);
	ret->left_out = count - ret->count;
	mark_failed(report, ret);
}

static unsigned int column(const struct timeline *timeline, uint64_t time)
{
	return (unsigned int)((double)time / (double)timeline->total * BAR_WIDTH);
}

// At least one character, and within the bar.
static void add_bar(const struct timeline *timeline, uint64_t start, uint64_t end, char mark_with,
	struct text *t)
{
	unsigned int from = column(timeline, start), to = column(timeline, end);

	from = from < BAR_WIDTH ? from : BAR_WIDTH - 1;
	to = to > from ? to : from + 1;
	for (unsigned int i = 0; i < BAR_WIDTH; i++)
		text_add_char(t, i >= from && i < to ? mark_with : ' ');
}

static void add_row(const struct timeline *timeline, const struct timeline_stage *stage,
	struct text *t)
{
	uint64_t end = stage->ended ? stage->end : stage->start;

	text_format(t, "  %-15s |", stage->name);
	add_bar(timeline, stage->start, end, stage->failed ? 'X' : stage->ended ? '#' : '>', t);
	text_format(t, "| %12.6f ", (double)stage->start / MICROSECONDS);
	if (stage->ended)
		text_format(t, "%12.6f", (double)(stage->end - stage->start) / MICROSECONDS);
	else
		text_format(t, "%12s", "no end");
	text_add(t, stage->failed ? "  failed\n" : "\n");
}

void timeline_text(const struct timeline *timeline, struct text *t)
{
	struct timeline_stage kernel = { .name = "(kernel)", .ended = true };

	if (!timeline->count) {
		text_add(t, "The report has no times.\n");
		return;
	}
	kernel.end = timeline->stage[0].start;
	text_format(t, "stage             0%*.3f s   began (s)     took (s)\n", BAR_WIDTH - 3,
		(double)timeline->total / MICROSECONDS);
	add_row(timeline, &kernel, t);
	for (size_t i = 0; i < timeline->count; i++)
		add_row(timeline, &timeline->stage[i], t);
	if (timeline->left_out)
		text_format(t, "  and %zu more\n", timeline->left_out);
}
