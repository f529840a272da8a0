// SPDX-License-Identifier: Apache-2.0
// What the commands of bbsign share; see sign.h. Apart from main.c, so that tests can be linked with it.

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sign.h"

const char tool_name[] = "bbsign";

time_t signing_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long seconds;

	if (!epoch)
		return time(NULL);
	errno = 0;
	seconds = strtoll(epoch, &end, 10);
	if (errno || end == epoch || *end || seconds < 0) {
		fprintf(stderr, "%s: SOURCE_DATE_EPOCH is no number of seconds: %s\n", tool_name, epoch);
		exit(STATUS_USAGE);
	}
	return (time_t)seconds;
}

int refuse_file(const char *file, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: %s: refused: ", tool_name, file);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return STATUS_REFUSED;
}
