// SPDX-License-Identifier: Apache-2.0
// A boot report for a person. Every value is looked at before it is used: a report may lack it, or
// have something else in its place.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "slot.h"
#include "timeline.h"

#define MICROSECONDS 1000000.0

static void print(const char *string)
{
	print_plain(string ? string : "?", string ? strlen(string) : 1);
}

static void print_pair(const char *name, const char *value)
{
	if (!value)
		return;
	printf("%-12s ", name);
	print(value);
	putchar('\n');
}

// The name and the number must belong together; a report from a newer program may have new ones.
static int known_error(const struct json_object *error)
{
	const char *name = report_string(error, "name");
	int number = name ? error_number(name) : 0;

	return number == report_number(error, "number") ? number : 0;
}

static void print_error_line(const struct json_object *error)
{
	print(report_string(error, "name"));
	printf(" (%lld) in stage ", (long long)report_number(error, "number"));
	print(report_string(error, "stage"));
	fputs(": ", stdout);
	print(report_string(error, "detail"));
	putchar('\n');
}

static void print_verdict(const struct json_object *error)
{
	int number = known_error(error);

	if (!error) {
		puts("The boot went well.");
		return;
	}
	fputs("The boot was given up: ", stdout);
	print_error_line(error);
	if (number)
		explain_error(number);
	else
		puts("  This version of bbctl does not know the error.");
}

// What each attempt's error means, unless that was said before it: of the boot, or of another attempt.
static void explain_attempts(const struct json_object *report)
{
	const struct json_object *attempts = report_member(report, "attempts");
	int said[SLOT_CANDIDATES_MAX + 1] = { known_error(report_member(report, "error")) };

	for (size_t i = 0; i < report_count(attempts) && i < SLOT_CANDIDATES_MAX; i++) {
		const struct json_object *attempt = json_object_array_get_idx(attempts, i);
		int number = known_error(report_member(attempt, "error"));
		bool before = false;

		for (size_t k = 0; k <= i; k++)
			before = before || said[k] == number;
		said[i + 1] = number;
		if (!number || before)
			continue;
		printf("Attempt %zu failed: %s (%d).\n", i + 1, bb_error_name(number), number);
		explain_error(number);
	}
}

static void print_attempts(const struct json_object *attempts)
{
	for (size_t i = 0; i < report_count(attempts); i++) {
		const struct json_object *attempt = json_object_array_get_idx(attempts, i);
		const struct json_object *error = report_member(attempt, "error");
		const char *override = report_string(attempt, "override");

		printf("  attempt %zu: root ", i + 1);
		print(report_string(attempt, "slot"));
		if (override) {
			fputs(", kernel override ", stdout);
			print(override);
		}
		fputs(error ? ": " : ": no error\n", stdout);
		if (error)
			print_error_line(error);
	}
}

static void print_layout(const struct json_object *report)
{
	if (report_member(report, "layout"))
		printf("layout       %lld\n", (long long)report_number(report, "layout"));
}

// Why a slot is the first one: the words of slot_decide().
static const struct reason {
	const char *why, *meaning;
} reasons[] = {
	{ "current", "the slot in force, no update is on trial" },
	{ "update", "an update is on trial" },
	{ "rollback", "the update was tried twice and never confirmed" },
};

static void print_slot(const struct json_object *report)
{
	const char *why = report_string(report, "why");

	if (!report_member(report, "slot"))
		return;
	fputs("slot         ", stdout);
	print(report_string(report, "slot"));
	fputs(", because: ", stdout);
	print(why);
	for (size_t i = 0; why && i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (!strcmp(reasons[i].why, why))
			printf(" (%s)", reasons[i].meaning);
	}
	if (report_member(report, "bootcount"))
		printf(", boot count %lld", (long long)report_number(report, "bootcount"));
	putchar('\n');
	print_attempts(report_member(report, "attempts"));
}

static void print_installer(const struct json_object *installer)
{
	if (!installer)
		return;
	fputs("installer    on ", stdout);
	print(report_string(installer, "medium"));
	if (report_true(installer, "authenticated"))
		printf(", authenticated, version %lld\n", (long long)report_number(installer, "version"));
	else
		puts(", NOT AUTHENTICATED");
}

static void print_kernel(const struct json_object *kernel)
{
	if (!kernel)
		return;
	print_pair("kernel", report_string(kernel, "path"));
	printf("  size       %lld bytes, version %lld\n", (long long)report_number(kernel, "size"),
		(long long)report_number(kernel, "version"));
	print_pair("  sha256", report_string(kernel, "sha256"));
	print_pair("  signer", report_string(kernel, "signer"));
}

static void print_enforcement(const struct json_object *enforcement)
{
	if (!enforcement)
		return;
	fputs("enforcement  lockdown ", stdout);
	print(report_string(enforcement, "lockdown"));
	printf(", %s, %.6f s waited for the random number generator\n",
		report_true(enforcement, "checked") ? "checked" : "NOT CHECKED",
		(double)report_number(enforcement, "rng_wait") / MICROSECONDS);
}

static void print_list(const char *title, const struct json_object *list)
{
	for (size_t i = 0; i < report_count(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		print_pair(title, json_object_is_type(entry, json_type_string) ?
			json_object_get_string(entry) : NULL);
	}
}

static void print_times(const struct json_object *stages)
{
	if (report_count(stages))
		puts("stage             began (s)   took (s)");
	for (size_t i = 0; i < report_count(stages); i++) {
		const struct json_object *stage = json_object_array_get_idx(stages, i);
		const char *name = report_string(stage, "name");
		int64_t start = report_number(stage, "start"), end = report_number(stage, "end");

		fputs("  ", stdout);
		print(name);
		printf("%*s %11.6f ", name && strlen(name) < 13 ? 13 - (int)strlen(name) : 0, "",
			(double)start / MICROSECONDS);
		if (end >= start)
			printf("%10.6f\n", ((double)end - (double)start) / MICROSECONDS);
		else
			puts("  no end");
	}
}

static void print_duration(const struct json_object *report)
{
	struct timeline timeline;

	timeline_read(report, &timeline);
	if (timeline.count)
		printf("time         %.3f s from the kernel's start to the last time in the report\n",
			(double)timeline.total / MICROSECONDS);
}

void report_print(const struct json_object *report)
{
	print_verdict(report_member(report, "error"));
	explain_attempts(report);
	print_duration(report);
	print_pair("program", report_string(report, "version"));
	print_pair("variant", report_string(report, "variant"));
	print_pair("stage", report_string(report, "stage"));
	print_pair("device", report_string(report, "device"));
	print_pair("disk", report_string(report, "disk"));
	print_layout(report);
	print_slot(report);
	print_installer(report_member(report, "installer"));
	print_kernel(report_member(report, "kernel"));
	print_enforcement(report_member(report, "enforcement"));
	print_list("warning", report_member(report, "warnings"));
	print_list("word dropped", report_member(report, "dropped_words"));
	if (report_true(report, "shortened"))
		puts("The report was too long; the rest of it was left out.");
	print_times(report_member(report, "stages"));
}
