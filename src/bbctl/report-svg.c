// SPDX-License-Identifier: Apache-2.0
// A boot report as a chart, like those of boot profilers: one bar a stage over the time; see timeline.h.

#include "slot.h"
#include "timeline.h"

/* Pixels. */
#define WIDTH 1000
#define MARGIN 24
#define PLOT_LEFT 130
#define PLOT_WIDTH 730
#define TITLE_Y 36
#define FACTS_Y 60
#define LINE 19 /* of text */
#define ROW 28
#define BAR 18
#define BAR_MIN 2.0
#define TICKS_MAX 8
#define LEGEND 180 /* from one entry to the next */

/* Of a string of the report, in characters. */
#define STRING_MAX 128

static const struct kind {
	const char *colour, *meaning;
} kinds[] = {
	{ "#9aa5b1", "kernel, before /init" },
	{ "#3b7dd8", "stage" },
	{ "#d64545", "stage that failed" },
	{ "#e3a008", "began; no end in report" },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
enum { KERNEL, GOOD, FAILED, ENDLESS };

static const char *quote(char c)
{
	switch (c) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static void add_string(struct text *t, const char *string)
{
	text_add_plain(t, string, STRING_MAX, quote);
}

static void open_text(struct text *t, unsigned int y, const char *class)
{
	text_format(t, "<text x=\"%d\" y=\"%u\" class=\"%s\">", MARGIN, y, class);
}

static void add_error(struct text *t, const struct json_object *error)
{
	add_string(t, report_string(error, "name"));
	text_format(t, " (%lld) in stage ", (long long)report_number(error, "number"));
	add_string(t, report_string(error, "stage"));
}

static void add_title(struct text *t, const struct json_object *report,
	const struct timeline *timeline)
{
	const struct json_object *error = report_member(report, "error");

	if (!error) {
		text_add(t, report_member(report, "installer") ? "Boot of the installer on " :
			"Boot into root ");
		add_string(t, report_member(report, "installer") ?
			report_string(report_member(report, "installer"), "medium") :
			report_string(report, "slot"));
		text_format(t, ", %.3f s", (double)timeline->total / 1e6);
		return;
	}
	text_add(t, "Boot given up: ");
	add_error(t, error);
	text_format(t, ", after %.3f s", (double)timeline->total / 1e6);
}

static void add_facts(struct text *t, const struct json_object *report)
{
	static const char *const names[] = { "version", "variant", "stage", "device", "disk", "why" };

	text_add(t, "balena-bootloader");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!report_string(report, names[i]))
			continue;
		text_format(t, i ? " &#183; %s " : " ", names[i]);
		add_string(t, report_string(report, names[i]));
	}
}

static const struct json_object *attempt_error(const struct json_object *report, size_t i)
{
	const struct json_object *attempts = report_member(report, "attempts");

	return i < report_count(attempts) ?
		report_member(json_object_array_get_idx(attempts, i), "error") : NULL;
}

static unsigned int count_failures(const struct json_object *report)
{
	unsigned int lines = report_member(report, "error") != NULL;

	for (size_t i = 0; i < SLOT_CANDIDATES_MAX; i++)
		lines += attempt_error(report, i) != NULL;
	return lines;
}

// What went wrong, a line each, from y on.
static void add_failures(struct text *t, const struct json_object *report, unsigned int y)
{
	const struct json_object *error = report_member(report, "error");

	if (error) {
		open_text(t, y, "bad");
		add_string(t, report_string(error, "detail"));
		text_add(t, "</text>\n");
		y += LINE;
	}
	for (size_t i = 0; i < SLOT_CANDIDATES_MAX; i++) {
		error = attempt_error(report, i);
		if (!error)
			continue;
		open_text(t, y, "bad");
		text_format(t, "attempt %zu, root ", i + 1);
		add_string(t, report_string(json_object_array_get_idx(
			report_member(report, "attempts"), i), "slot"));
		text_add(t, ": ");
		add_error(t, error);
		text_add(t, "</text>\n");
		y += LINE;
	}
}

static double place(const struct timeline *timeline, uint64_t time)
{
	return PLOT_LEFT + (double)time / (double)timeline->total * PLOT_WIDTH;
}

// A step of 1, 2 or 5 times a power of ten that gives at most TICKS_MAX ticks; microseconds.
static uint64_t tick_step(uint64_t total)
{
	static const unsigned int factors[] = { 1, 2, 5 };
	uint64_t power = 1;

	for (;; power *= 10) {
		for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
			if (total / TICKS_MAX < factors[i] * power)
				return factors[i] * power;
		}
	}
}

static void add_time(struct text *t, uint64_t time)
{
	if (time >= 10000000)
		text_format(t, "%.3f s", (double)time / 1e6);
	else
		text_format(t, "%.1f ms", (double)time / 1e3);
}

static void add_axis(struct text *t, const struct timeline *timeline, unsigned int y,
	unsigned int height)
{
	uint64_t step = tick_step(timeline->total);

	for (uint64_t i = 0; i <= timeline->total / step; i++) {
		double x = place(timeline, i * step);

		text_format(t, "<line x1=\"%.1f\" y1=\"%u\" x2=\"%.1f\" y2=\"%u\" class=\"grid\"/>\n",
			x, y, x, y + height);
		text_format(t, "<text x=\"%.1f\" y=\"%u\" class=\"tick\">", x, y - 6);
		if (timeline->total >= 10000000)
			text_format(t, "%g s", (double)(i * step) / 1e6);
		else
			text_format(t, "%g ms", (double)(i * step) / 1e3);
		text_add(t, "</text>\n");
	}
}

// A name, its bar, and how long it took: behind the bar, or in front of it where there is no room.
static void add_row(struct text *t, const struct timeline *timeline,
	const struct timeline_stage *stage, unsigned int kind, unsigned int y)
{
	uint64_t end = stage->ended ? stage->end : stage->start;
	double left = place(timeline, stage->start), right = place(timeline, end);
	bool fits = right < PLOT_LEFT + PLOT_WIDTH;

	right = right - left < BAR_MIN ? left + BAR_MIN : right;
	text_format(t, "<text x=\"%d\" y=\"%u\" class=\"name\">", MARGIN, y + BAR - 4);
	text_add_plain(t, stage->name, sizeof(stage->name), quote);
	text_format(t, "</text>\n<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
		left, y, right - left, BAR, kinds[kind].colour);
	// A bar that fills the plot has its time behind it, where the margin is.
	fits = fits || left < PLOT_LEFT + PLOT_WIDTH / 4.0;
	text_format(t, "<text x=\"%.1f\" y=\"%u\" class=\"took%s%s\">", fits ? right + 6 : left - 6,
		y + BAR - 4, fits ? "" : " before", stage->failed ? " failed" : "");
	if (stage->ended)
		add_time(t, end - stage->start);
	else
		text_add(t, "no end");
	text_add(t, stage->failed ? ", failed</text>\n" : "</text>\n");
}

static void add_rows(struct text *t, const struct timeline *timeline, unsigned int y)
{
	struct timeline_stage kernel = { .name = "(kernel)", .ended = true };

	kernel.end = timeline->stage[0].start;
	add_row(t, timeline, &kernel, KERNEL, y);
	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_stage *stage = &timeline->stage[i];

		y += ROW;
		add_row(t, timeline, stage, stage->failed ? FAILED : stage->ended ? GOOD : ENDLESS, y);
	}
}

static void add_legend(struct text *t, const struct timeline *timeline, unsigned int y)
{
	for (unsigned int i = 0; i < KINDS; i++) {
		unsigned int x = MARGIN + i * LEGEND;

		text_format(t, "<rect x=\"%u\" y=\"%u\" width=\"12\" height=\"12\" fill=\"%s\"/>\n", x, y,
			kinds[i].colour);
		text_format(t, "<text x=\"%u\" y=\"%u\" class=\"took\">%s</text>\n", x + 18, y + 11,
			kinds[i].meaning);
	}
	if (timeline->left_out)
		text_format(t, "<text x=\"%u\" y=\"%u\" class=\"took\">%zu stages more</text>\n",
			MARGIN + (unsigned int)KINDS * LEGEND, y + 11, timeline->left_out);
}

static void open_document(struct text *t, const struct json_object *report,
	const struct timeline *timeline, unsigned int height)
{
	text_add(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	text_format(t, "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%d\" "
		"height=\"%u\" viewBox=\"0 0 %d %u\">\n<title>", WIDTH, height, WIDTH, height);
	add_title(t, report, timeline);
	text_add(t, "</title>\n<style>\n"
		"text { font-family: sans-serif; font-size: 13px; fill: #1f2933; }\n"
		".title { font-size: 20px; font-weight: bold; }\n"
		".facts, .tick { fill: #52606d; }\n"
		".tick { font-size: 11px; text-anchor: middle; }\n"
		".bad, .failed { fill: #b02a2a; }\n"
		".took { font-size: 12px; }\n"
		".before { text-anchor: end; }\n"
		".grid { stroke: #d9e2ec; }\n"
		"</style>\n"
		"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
}

void report_svg(const struct json_object *report, struct text *t)
{
	unsigned int top = FACTS_Y + LINE * (count_failures(report) + 3), height;
	struct timeline read;
	const struct timeline *timeline = &read;

	timeline_read(report, &read);
	height = ROW * ((unsigned int)timeline->count + 1);
	open_document(t, report, timeline, top + height + 48);
	open_text(t, TITLE_Y, "title");
	add_title(t, report, timeline);
	text_add(t, "</text>\n");
	open_text(t, FACTS_Y, "facts");
	add_facts(t, report);
	text_add(t, "</text>\n");
	add_failures(t, report, FACTS_Y + LINE);
	add_axis(t, timeline, top - 8, height);
	add_rows(t, timeline, top);
	add_legend(t, timeline, top + height + 16);
	text_add(t, "</svg>\n");
}
