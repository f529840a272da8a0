// SPDX-License-Identifier: Apache-2.0
// Takes the member for the installer out of a config.json; see installed.h. In a document that is
// known to be good, quotes and brackets are enough to see where a member ends.

#include <stdbool.h>
#include <string.h>

#include "installed.h"
#include "json-read.h"

#define MEMBER "installer"

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blanks(const uint8_t *data, size_t size, size_t at)
{
	while (at < size && is_blank(data[at]))
		at++;
	return at;
}

// Behind the string that begins at a quote.
static size_t skip_string(const uint8_t *data, size_t size, size_t at)
{
	for (at++; at < size && data[at] != '"'; at++)
		at += data[at] == '\\';
	return at + 1;
}

// Where the member that begins here ends: at the comma or the bracket behind it.
static size_t member_end(const uint8_t *data, size_t size, size_t at)
{
	unsigned int depth = 0;

	while (at < size) {
		uint8_t c = data[at];

		if (c == '"') {
			at = skip_string(data, size, at);
			continue;
		}
		if (!depth && (c == ',' || c == '}'))
			return at;
		if (c == '{' || c == '[')
			depth++;
		else if (c == '}' || c == ']')
			depth--;
		at++;
	}
	return size;
}

// Whether a name, its quotes included, is that of the member; asked of the reader that judges the
// document, so that both read the escapes in it alike.
static bool is_for_installer(const uint8_t *name, size_t length)
{
	uint8_t document[16 + 6 * sizeof(MEMBER)];
	bool value;

	if (length > 2 + 6 * (sizeof(MEMBER) - 1))
		return false;
	document[0] = '{';
	memcpy(document + 1, name, length);
	memcpy(document + 1 + length, ":true}", 6);
	return json_read_bool(document, length + 7, MEMBER, &value) == JSON_READ_FOUND;
}

void write_installed(FILE *out, const uint8_t *data, size_t size)
{
	size_t at = skip_blanks(data, size, 0);
	const char *between = "{";

	if (at == size || data[at] != '{') {
		fwrite(data, 1, size, out);
		return;
	}
	while (at < size && data[at] != '}') {
		size_t start = skip_blanks(data, size, at + 1), end = member_end(data, size, start);

		if (end > start && !is_for_installer(data + start, skip_string(data, size, start) - start)) {
			fputs(between, out);
			fwrite(data + at + 1, 1, end - at - 1, out);
			between = ",";
		}
		at = end;
	}
	fputs(*between == '{' ? "{}\n" : "}\n", out);
}
