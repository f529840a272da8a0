// SPDX-License-Identifier: Apache-2.0
// A JSON writer without state: whether a comma is due shows in what was written last.

#include "json.h"

static void quote(struct text *t, const char *string)
{
	text_add_char(t, '"');
	for (; *string; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\')
			text_add_char(t, '\\');
		// What is no plain ASCII could only be a damaged name: one mark stands for it.
		text_add_char(t, c < 0x20 || c > 0x7e ? '?' : (char)c);
	}
	text_add_char(t, '"');
}

static void begin(struct text *t, const char *name)
{
	char last = t->used ? t->data[t->used - 1] : '{';

	if (last != '{' && last != '[')
		text_add_char(t, ',');
	if (name) {
		quote(t, name);
		text_add_char(t, ':');
	}
}

void json_open(struct text *t, const char *name, char bracket)
{
	begin(t, name);
	text_add_char(t, bracket);
}

void json_close(struct text *t, char bracket)
{
	text_add_char(t, bracket);
}

void json_string(struct text *t, const char *name, const char *value)
{
	if (!value) {
		json_null(t, name);
		return;
	}
	begin(t, name);
	quote(t, value);
}

void json_number(struct text *t, const char *name, uint64_t value)
{
	begin(t, name);
	text_add_number(t, value);
}

void json_bool(struct text *t, const char *name, bool value)
{
	begin(t, name);
	text_add(t, value ? "true" : "false");
}

void json_null(struct text *t, const char *name)
{
	begin(t, name);
	text_add(t, "null");
}
