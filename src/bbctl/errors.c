// SPDX-License-Identifier: Apache-2.0
// The table of named errors, looked up by number and by name, with the texts of docs/errors.md.

#include <string.h>

#include "bbctl.h"
#include "error.h"

static const struct error_text {
	int number;
	const char *name, *cause, *remedy;
} texts[] = {
#define ERROR_TEXT(number, name, cause, remedy) { number, name, cause, remedy },
#include "error-texts.inc"
#undef ERROR_TEXT
};

#define TEXTS (sizeof(texts) / sizeof(texts[0]))

#define ONE_MORE(number, constant, name, meaning) +1
_Static_assert(TEXTS == 0 BB_ERROR_TABLE(ONE_MORE), "docs/errors.md has a row for each error");
#undef ONE_MORE

const char *error_meaning(int error)
{
	switch (error) {
#define ERROR_MEANING(number, constant, name, meaning) case constant: return meaning;
	BB_ERROR_TABLE(ERROR_MEANING)
#undef ERROR_MEANING
	default: return NULL;
	}
}

static const struct error_text *find_text(int error)
{
	for (size_t i = 0; i < TEXTS; i++) {
		if (texts[i].number == error && !strcmp(texts[i].name, bb_error_name(error)))
			return &texts[i];
	}
	return NULL;
}

const char *error_cause(int error)
{
	const struct error_text *text = find_text(error);

	return text ? text->cause : NULL;
}

const char *error_remedy(int error)
{
	const struct error_text *text = find_text(error);

	return text ? text->remedy : NULL;
}

int error_number(const char *name)
{
#define ERROR_NUMBER(number, constant, error_name, meaning) \
	if (!strcmp(name, error_name)) \
		return number;
	BB_ERROR_TABLE(ERROR_NUMBER)
#undef ERROR_NUMBER
	return 0;
}
