// SPDX-License-Identifier: Apache-2.0
// The table of named errors, looked up by number and by name.

#include <string.h>

#include "bbctl.h"
#include "error.h"

const char *error_meaning(int error)
{
	switch (error) {
#define ERROR_MEANING(number, constant, name, meaning) case constant: return meaning;
	BB_ERROR_TABLE(ERROR_MEANING)
#undef ERROR_MEANING
	default: return NULL;
	}
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
