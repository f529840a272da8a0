// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a boot report that is read back and shown, which prints to nowhere.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/bbctl/report-print.c"
#include "../../src/bbctl/report-read.c"
#include "../../src/error.c"

void print_plain(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		putchar(bytes[i] < ' ' || bytes[i] > '~' ? '?' : bytes[i]);
}

const char *error_meaning(int error)
{
	return bb_error_name(error);
}

int error_number(const char *name)
{
	return strcmp(name, "kernel-refused") ? 0 : BB_KERNEL_REFUSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *report;
	const char *wrong;

	if (!freopen("/dev/null", "w", stdout))
		abort();
	wrong = report_read((const char *)data, size, &report);
	if (wrong && report)
		abort();
	if (report)
		report_print(report);
	json_object_put(report);
	return 0;
}
