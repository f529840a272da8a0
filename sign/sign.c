// SPDX-License-Identifier: Apache-2.0
// What the commands of bbsign share; see sign.h. Tests are linked with it, and not with main.c.

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pki.h"
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
		fprintf(stderr, "%s: SOURCE_DATE_EPOCH is no number of seconds: %s\n", tool_name,
			epoch);
		exit(STATUS_USAGE);
	}
	return (time_t)seconds;
}

bool parse_number(const char *string, uint64_t max, uint64_t *ret)
{
	bool is_hexadecimal = string[0] == '0' && string[1] == 'x';
	unsigned long long number;
	char *end;

	// strtoull() would take blanks, signs, and a second "0x"
	string += is_hexadecimal ? 2 : 0;
	if (is_hexadecimal ? !isxdigit((unsigned char)*string) || string[1] == 'x' :
			     !isdigit((unsigned char)*string))
		return false;
	errno = 0;
	number = strtoull(string, &end, is_hexadecimal ? 16 : 10);
	if (errno || *end || number > max)
		return false;
	*ret = number;
	return true;
}

int take_revoked(const char *command, const char *word, unsigned int *ret)
{
	uint64_t mask = 0;

	if (word && !parse_number(word, (1u << PKI_REVOCABLE_SLOTS) - 1, &mask))
		return fail_usage(command, "--revoked %s is no mask of slots 0 to 2", word);
	*ret = (unsigned int)mask;
	return 0;
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
