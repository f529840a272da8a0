// SPDX-License-Identifier: Apache-2.0
// A boot report for a person. Every value is looked at before it is used: a report may lack it, or
// have something else in its place.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "report-json.h"

#define MICROSECONDS 1000000.0

static struct json_object *get(const struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, name, &value);
	return value;
}

static const char *get_string(const struct json_object *object, const char *name)
{
	struct json_object *value = get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static int64_t get_number(const struct json_object *object, const char *name)
{
	struct json_object *value = get(object, name);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;
}

static size_t count(const struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

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
	const char *name = get_string(error, "name");
	int number = name ? error_number(name) : 0;

	return number == get_number(error, "number") ? number : 0;
}

static void print_error_line(const struct json_object *error)
{
	print(get_string(error, "name"));
	printf(" (%lld) in stage ", (long long)get_number(error, "number"));
	print(get_string(error, "stage"));
	fputs(": ", stdout);
	print(get_string(error, "detail"));
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
		printf("  This means: %s.\n  What to do: docs/errors.md, \"%s\".\n",
			error_meaning(number), bb_error_name(number));
	else
		puts("  This version of bbctl does not know the error.");
}

static void print_attempts(const struct json_object *attempts)
{
	for (size_t i = 0; i < count(attempts); i++) {
		const struct json_object *attempt = json_object_array_get_idx(attempts, i);
		const struct json_object *error = get(attempt, "error");
		const char *override = get_string(attempt, "override");

		printf("  attempt %zu: root ", i + 1);
		print(get_string(attempt, "slot"));
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
	if (get(report, "layout"))
		printf("layout       %lld\n", (long long)get_number(report, "layout"));
}

static void print_slot(const struct json_object *report)
{
	if (!get(report, "slot"))
		return;
	fputs("slot         ", stdout);
	print(get_string(report, "slot"));
	fputs(", because: ", stdout);
	print(get_string(report, "why"));
	if (get(report, "bootcount"))
		printf(", boot count %lld", (long long)get_number(report, "bootcount"));
	putchar('\n');
	print_attempts(get(report, "attempts"));
}

static void print_kernel(const struct json_object *kernel)
{
	if (!kernel)
		return;
	print_pair("kernel", get_string(kernel, "path"));
	printf("  size       %lld bytes, version %lld\n", (long long)get_number(kernel, "size"),
		(long long)get_number(kernel, "version"));
	print_pair("  sha256", get_string(kernel, "sha256"));
	print_pair("  signer", get_string(kernel, "signer"));
}

static void print_enforcement(const struct json_object *enforcement)
{
	if (!enforcement)
		return;
	fputs("enforcement  lockdown ", stdout);
	print(get_string(enforcement, "lockdown"));
	printf(", %s, %.6f s waited for the random number generator\n",
		json_object_get_boolean(get(enforcement, "checked")) ? "checked" : "NOT CHECKED",
		(double)get_number(enforcement, "rng_wait") / MICROSECONDS);
}

static void print_list(const char *title, const struct json_object *list)
{
	for (size_t i = 0; i < count(list); i++) {
		struct json_object *entry = json_object_array_get_idx(list, i);

		print_pair(title, json_object_is_type(entry, json_type_string) ?
			json_object_get_string(entry) : NULL);
	}
}

static void print_times(const struct json_object *stages)
{
	if (count(stages))
		puts("stage             began (s)   took (s)");
	for (size_t i = 0; i < count(stages); i++) {
		const struct json_object *stage = json_object_array_get_idx(stages, i);
		const char *name = get_string(stage, "name");
		int64_t start = get_number(stage, "start"), end = get_number(stage, "end");

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

void report_print(const struct json_object *report)
{
	print_verdict(get(report, "error"));
	print_pair("program", get_string(report, "version"));
	print_pair("variant", get_string(report, "variant"));
	print_pair("stage", get_string(report, "stage"));
	print_pair("device", get_string(report, "device"));
	print_pair("disk", get_string(report, "disk"));
	print_layout(report);
	print_slot(report);
	print_kernel(get(report, "kernel"));
	print_enforcement(get(report, "enforcement"));
	print_list("warning", get(report, "warnings"));
	print_list("word dropped", get(report, "dropped_words"));
	if (json_object_get_boolean(get(report, "shortened")))
		puts("The report was too long; the rest of it was left out.");
	print_times(get(report, "stages"));
}
