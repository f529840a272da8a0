// SPDX-License-Identifier: Apache-2.0
// bbctl report: what boots did, why they were given up and what to do, in words or as a picture.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "report-file.h"
#include "reports.h"
#include "timeline.h"

const char report_help[] =
	"usage: bbctl report FILE... [--timeline] [--json]\n"
	"       bbctl report FILE --svg|--metrics [--output FILE]\n"
	"       bbctl report FILE... --keep DIRECTORY [--max N]\n"
	"\n"
	"Explains boot reports: bootreport.json from balena-imx (resin-boot on an open device), which\n"
	"tells of the last boot that was given up, or /run/balena-bootloader/report.json of a system\n"
	"that is up. FILE may also be a disk, its image, or balena-imx itself: the report that is kept\n"
	"there. Several are told one after the other, in the order given.\n"
	"\n"
	"  --timeline   the stages as bars, and nothing else\n"
	"  --svg        the stages as a chart, an SVG document\n"
	"  --metrics    for the text file directory of a Prometheus node exporter\n"
	"  --output F   --svg or --metrics into this file, which is replaced in one step\n"
	"  --json       one JSON object; one a line for several files\n"
	"  --keep D     files the reports in a directory that is there, as 00000001.json and so on,\n"
	"               but none twice; those that are not there or empty are passed over\n"
	"  --max N      keeps the newest N of them, at most 1000; 32 if this is not given\n"
	"\n"
	"Exit status 1: a file is no report.\n";

struct session {
	bool as_json, timeline, svg, metrics;
	const char *output, *keep, *max;
};

static void print_json(const char *file, struct json_object *report)
{
	struct text json;
	struct verdict verdict = { .file = file };

	json_answer(&json, file);
	text_add(&json, ",\"report\":");
	text_add(&json, report ? json_object_to_json_string_ext(report, JSON_C_TO_STRING_PLAIN) : "null");
	answer(&verdict, &json);
}

static void print_timeline(const struct json_object *report)
{
	static char buffer[TIMELINE_TEXT_SIZE];
	struct text text = TEXT_IN(buffer);
	struct timeline timeline;

	timeline_read(report, &timeline);
	timeline_text(&timeline, &text);
	fputs(text.data, stdout);
}

static int tell(const struct session *s, const char *file)
{
	struct json_object *report;
	int status = report_load(file, &report, NULL, NULL);

	if (status)
		return status;
	if (s->as_json)
		print_json(file, report);
	else if (!report)
		puts("Empty: no boot was given up since the disk was made.");
	else if (s->timeline)
		print_timeline(report);
	else
		report_print(report);
	json_object_put(report);
	return STATUS_GOOD;
}

static int tell_all(const struct session *s, int count, char **files)
{
	int worst = STATUS_GOOD;

	for (int i = 0; i < count; i++) {
		int status;

		if (count > 1 && !s->as_json) {
			printf("%s== Report %d of %d: ", i ? "\n" : "", i + 1, count);
			print_plain(files[i], strlen(files[i]));
			puts(" ==");
		}
		status = tell(s, files[i]);
		worst = status > worst ? status : worst;
	}
	return worst;
}

// An empty report has no chart; its metrics say that there was no error.
static int render(const struct session *s, const char *file)
{
	static char buffer[TIMELINE_TEXT_SIZE];
	struct text text = TEXT_IN(buffer);
	struct json_object *report;
	int status = report_load(file, &report, NULL, NULL);

	if (status)
		return status;
	if (s->svg && !report) {
		fail_file(file, "empty: no boot was given up, there is nothing to draw");
		return STATUS_REFUSED;
	}
	if (s->svg)
		report_svg(report, &text);
	else
		report_metrics(report, &text);
	json_object_put(report);
	if (s->output)
		return write_whole(s->output, 0644, (const uint8_t *)text.data, text.used);
	fputs(text.data, stdout);
	return STATUS_GOOD;
}

static int keep(const struct session *s, int count, char **files)
{
	uint32_t max = REPORTS_DEFAULT;

	if (s->max && (text_parse_number(s->max, REPORTS_MAX, &max) || !max))
		return fail_usage("report", "--max %s is no number from 1 to %d", s->max, REPORTS_MAX);
	return reports_keep(s->keep, max, count, files);
}

int report_main(int argc, char **argv)
{
	struct session s = { .as_json = false };
	const struct command_option options[] = {
		{ "--json", &s.as_json, NULL }, { "--timeline", &s.timeline, NULL },
		{ "--svg", &s.svg, NULL }, { "--metrics", &s.metrics, NULL },
		{ "--output", NULL, &s.output }, { "--keep", NULL, &s.keep },
		{ "--max", NULL, &s.max }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);

	if (count < 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs a file");
	if (s.as_json + s.timeline + s.svg + s.metrics + (s.keep != NULL) > 1)
		return fail_usage(argv[0], "one of --json, --timeline, --svg, --metrics and --keep");
	if ((s.output && !s.svg && !s.metrics) || (s.max && !s.keep))
		return fail_usage(argv[0], "--output goes with --svg or --metrics, --max with --keep");
	if ((s.svg || s.metrics) && count > 1)
		return fail_usage(argv[0], "--svg and --metrics take one file");
	if (s.keep)
		return keep(&s, count, argv + 1);
	return s.svg || s.metrics ? render(&s, argv[1]) : tell_all(&s, count, argv + 1);
}
