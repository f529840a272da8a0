// SPDX-License-Identifier: Apache-2.0
// What U-Boot says of the boot ROM's events; see hab-status.h.

#include "hab-status.h"

#include <string.h>

#define BLANKS " \t\n"

const char *hab_status_find(const char *line, char ret[static HAB_STATUS_SIZE])
{
	static const char word[] = "hab_status=";
	const size_t name = sizeof(word) - 1;
	const char *found = NULL;

	for (line += strspn(line, BLANKS); *line; line += strspn(line, BLANKS)) {
		size_t length = strcspn(line, BLANKS);

		if (length >= name && !memcmp(line, word, name)) {
			if (found)
				return "hab_status= stands there twice";
			if (length - name >= HAB_STATUS_SIZE)
				return "hab_status= is longer than any value";
			found = line;
			memcpy(ret, line + name, length - name);
			ret[length - name] = '\0';
		}
		line += length;
	}
	return found ? NULL : "it has no hab_status=";
}
