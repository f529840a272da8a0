// SPDX-License-Identifier: Apache-2.0
// A boot report as metrics of Prometheus; see timeline.h.

#include "timeline.h"

#define PREFIX "balena_bootloader_"
#define VALUE_MAX 96

static const char *quote(char c)
{
	return c == '"' ? "\\\"" : c == '\\' ? "\\\\" : NULL;
}

static void describe(struct text *t, const char *name, const char *help)
{
	text_format(t, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help, name);
}

static void add_label(struct text *t, const char *separator, const char *name, const char *value)
{
	text_format(t, "%s%s=\"", separator, name);
	if (value)
		text_add_plain(t, value, VALUE_MAX, quote);
	text_add_char(t, '"');
}

static void add_gauge(struct text *t, const char *name, const char *help, int64_t value)
{
	describe(t, name, help);
	text_format(t, PREFIX "%s %lld\n", name, (long long)value);
}

// Digits only: a double would round what is large.
static void add_seconds(struct text *t, uint64_t microseconds)
{
	text_format(t, "%llu.%06llu\n", (unsigned long long)(microseconds / 1000000),
		(unsigned long long)(microseconds % 1000000));
}

static void add_info(const struct json_object *report, struct text *t)
{
	static const char *const names[] = { "version", "variant", "stage", "device", "slot", "why" };
	const struct json_object *error = report_member(report, "error");
	const struct json_object *enforcement = report_member(report, "enforcement");

	describe(t, "info", "What booted and why, as labels.");
	text_add(t, PREFIX "info");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add_label(t, i ? "," : "{", names[i], report_string(report, names[i]));
	add_label(t, ",", "lockdown", report_string(enforcement, "lockdown"));
	add_label(t, ",", "error", report_string(error, "name"));
	text_add(t, "} 1\n");
}

// A stage can come twice: its place makes the labels differ.
static void add_stages(const struct timeline *timeline, struct text *t)
{
	if (!timeline->count)
		return;
	describe(t, "stage_seconds", "How long a stage took; stages without an end are left out.");
	for (size_t i = 0; i < timeline->count; i++) {
		const struct timeline_stage *stage = &timeline->stage[i];

		if (!stage->ended)
			continue;
		text_format(t, PREFIX "stage_seconds{place=\"%02zu\"", i + 1);
		add_label(t, ",", "stage", stage->name);
		text_add(t, "} ");
		add_seconds(t, stage->end - stage->start);
	}
}

static size_t failed_attempts(const struct json_object *attempts)
{
	size_t failed = 0;

	for (size_t i = 0; i < report_count(attempts); i++)
		failed += report_member(json_object_array_get_idx(attempts, i), "error") != NULL;
	return failed;
}

void report_metrics(const struct json_object *report, struct text *t)
{
	const struct json_object *attempts = report_member(report, "attempts");
	const struct json_object *enforcement = report_member(report, "enforcement");
	struct timeline timeline;
	int64_t wait = report_number(enforcement, "rng_wait");

	timeline_read(report, &timeline);
	add_info(report, t);
	add_gauge(t, "error_number", "Number of the error for which the boot was given up; 0: none.",
		report_number(report_member(report, "error"), "number"));
	add_gauge(t, "attempts", "Candidates, a slot with a kernel each, that were tried.",
		(int64_t)report_count(attempts));
	add_gauge(t, "failed_attempts", "Candidates that failed.", (int64_t)failed_attempts(attempts));
	add_gauge(t, "bootcount", "Attempts of the update on trial; 0: none is.",
		report_number(report, "bootcount"));
	add_gauge(t, "layout", "Layout of the encrypted volumes; 0: none, or not known.",
		report_number(report, "layout"));
	add_gauge(t, "enforced", "1: every check of signature enforcement passed.",
		report_true(enforcement, "checked"));
	add_gauge(t, "installer_authenticated", "1: an installer was started, from a signed medium.",
		report_true(report_member(report, "installer"), "authenticated"));
	add_gauge(t, "warnings", "Warnings of the boot.",
		(int64_t)report_count(report_member(report, "warnings")));
	describe(t, "rng_wait_seconds", "How long the boot waited for random numbers.");
	text_add(t, PREFIX "rng_wait_seconds ");
	add_seconds(t, wait > 0 ? (uint64_t)wait : 0);
	describe(t, "boot_seconds", "From the kernel's start to the last time in the report.");
	text_add(t, PREFIX "boot_seconds ");
	add_seconds(t, timeline.count ? timeline.total : 0);
	add_stages(&timeline, t);
}
