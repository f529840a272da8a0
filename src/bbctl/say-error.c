// SPDX-License-Identifier: Apache-2.0
// What a named error means and what to do, for a person, from docs/errors.md.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"

#define COLUMNS 96

// Words in lines of a terminal's width; they begin behind the title.
static void print_wrapped(const char *title, const char *text)
{
	size_t indent = strlen(title), at = indent;

	fputs(title, stdout);
	while (*text) {
		size_t length = strcspn(text, " ");

		if (at > indent && at + 1 + length > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)length, text);
		at += length;
		text += length + strspn(text + length, " ");
	}
	putchar('\n');
}

void explain_error(int error)
{
	const char *cause = error_cause(error), *remedy = error_remedy(error);

	printf("  This means: %s.\n", error_meaning(error));
	if (cause)
		print_wrapped("  Cause:      ", cause);
	if (remedy)
		print_wrapped("  What to do: ", remedy);
	printf("  See also:   docs/errors.md, \"%s\".\n", bb_error_name(error));
}
