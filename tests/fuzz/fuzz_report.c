// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a boot report that is read back and shown. A terminal gets nothing but text.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/bbctl/report-print.c"
#include "../../src/bbctl/report-read.c"
#include "../../src/error.c"

const char tool_name[] = "bbctl";

const char *error_meaning(int error)
{
	return bb_error_name(error);
}

int error_number(const char *name)
{
	return strcmp(name, "kernel-refused") ? 0 : BB_KERNEL_REFUSED;
}

static void check_printed(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			abort();
	}
	if (!size || text[size - 1] != '\n')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char printed[1 << 20];
	FILE *terminal = stdout;
	struct json_object *report;
	const char *wrong = report_read((const char *)data, size, &report);

	if (wrong && report)
		abort();
	if (report) {
		stdout = fmemopen(printed, sizeof(printed), "w");
		if (!stdout)
			abort();
		report_print(report);
		fflush(stdout);
		check_printed(printed, (size_t)ftell(stdout));
		fclose(stdout);
		stdout = terminal;
	}
	json_object_put(report);
	return 0;
}
