// SPDX-License-Identifier: Apache-2.0
// bbctl report: what a boot did and why it was given up.

#include <stdio.h>
#include <stdlib.h>

#include "bbctl.h"
#include "report.h"
#include "report-json.h"

const char report_help[] =
	"usage: bbctl report FILE [--json]\n"
	"\n"
	"Explains a boot report: bootreport.json from balena-imx (resin-boot on an open device), which\n"
	"tells of the last boot that was given up, or /run/balena-bootloader/report.json of a system\n"
	"that is up. From a disk image: mcopy -i IMAGE@@OFFSET ::bootreport.json FILE, with the offset\n"
	"that bbctl disk gives.\n"
	"\n"
	"Exit status 1: the file is no report.\n";

static void print_json(const char *file, struct json_object *report)
{
	struct text json;
	struct verdict verdict = { .file = file };

	json_answer(&json, file);
	text_add(&json, ",\"report\":");
	text_add(&json, report ? json_object_to_json_string_ext(report, JSON_C_TO_STRING_PLAIN) : "null");
	answer(&verdict, &json);
}

int report_main(int argc, char **argv)
{
	bool as_json = false;
	const struct command_option options[] = { { "--json", &as_json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);
	struct json_object *report;
	const char *wrong;
	uint8_t *data;
	size_t size;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	data = read_whole(argv[1], REPORT_SIZE, &size);
	if (!data)
		return STATUS_USAGE;
	wrong = report_read((const char *)data, size, &report);
	free(data);
	if (wrong) {
		fail_file(argv[1], "no boot report: %s", wrong);
		return STATUS_REFUSED;
	}
	if (as_json)
		print_json(argv[1], report);
	else if (report)
		report_print(report);
	else
		puts("Empty: no boot was given up since the disk was made.");
	json_object_put(report);
	return STATUS_GOOD;
}
