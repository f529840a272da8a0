// SPDX-License-Identifier: Apache-2.0
// Reads a boot report; see report-json.h.

#include <string.h>

#include "report.h"
#include "report-json.h"

// A report is three levels deep, scalars included four.
#define DEPTH 6

static size_t skip_blanks(const char *data, size_t size, size_t at)
{
	while (at < size && strchr(" \t\r\n", data[at]) && data[at])
		at++;
	return at;
}

const char *report_read(const char *data, size_t size, struct json_object **ret)
{
	struct json_tokener *tokener;
	size_t start = skip_blanks(data, size, 0), end;
	const char *wrong = NULL;

	*ret = NULL;
	if (size > REPORT_SIZE)
		return "longer than a report is";
	if (start == size)
		return NULL;
	tokener = json_tokener_new_ex(DEPTH);
	if (!tokener)
		return "no memory";
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
		JSON_TOKENER_ALLOW_TRAILING_CHARS);
	*ret = json_tokener_parse_ex(tokener, data + start, (int)(size - start));
	end = start + json_tokener_get_parse_end(tokener);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		wrong = "not JSON";
	else if (skip_blanks(data, size, end) != size)
		wrong = "something follows the report";
	else if (!json_object_is_type(*ret, json_type_object))
		wrong = "not a JSON object";
	json_tokener_free(tokener);
	if (wrong) {
		json_object_put(*ret);
		*ret = NULL;
	}
	return wrong;
}
