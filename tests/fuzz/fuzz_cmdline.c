// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: command lines. What passes and what is named as dropped is held against a second way to
 * say it, with regular expressions; no byte passes that a kernel could take for anything but itself.
 */

#include <regex.h>
#include <stdlib.h>

#include "../../src/cmdline.c"
#include "../../src/text.c"

static const char pass[] = "console=tty a quiet";
#define PLAIN "[]A-Za-z0-9._,:=/@+-]*" /* with one byte that is none, so that the hyphen may be last */

static regex_t passes_as;

static bool matches(const char *word)
{
	return !strchr(word, ']') && !regexec(&passes_as, word, 0, NULL, 0);
}

/* The words that pass, and whether each of the others is named in dropped. */
static void filter_again(char *line, struct text *out, const struct text *dropped)
{
	for (char *word = strtok(line, " \t\n\r"); word; word = strtok(NULL, " \t\n\r")) {
		if (matches(word)) {
			cmdline_add(out, word);
			continue;
		}
		word[strcspn(word, "=")] = '\0';
		word[strspn(word, plain)] = '\0';
		if (word[0] && !dropped->overflow && !cmdline_has(dropped->data, word))
			abort();
	}
}

static void check_value(const char *line)
{
	char value[16], *copy = strdup(line), *last = NULL;
	int error = cmdline_value(line, "root", value, sizeof(value));

	if (!copy)
		abort();
	for (char *word = strtok(copy, " \t\n\r"); word; word = strtok(NULL, " \t\n\r")) {
		if (!strncmp(word, "root=", 5))
			last = word + 5;
	}
	if (error != (!last ? -ENOENT : strlen(last) < sizeof(value) ? 0 : -EINVAL) ||
	    (!error && strcmp(value, last)))
		abort();
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line, out_data[CMDLINE_SIZE], again_data[CMDLINE_SIZE], dropped_data[256];
	struct text out = TEXT_IN(out_data), again = TEXT_IN(again_data), dropped = TEXT_IN(dropped_data);
	static bool compiled;

	if (!compiled && regcomp(&passes_as, "^(console=tty" PLAIN "|(a|quiet)(=" PLAIN ")?)$", REG_EXTENDED))
		abort();
	compiled = true;
	line = malloc(size + 1);
	if (!line)
		abort();
	memcpy(line, data, size);
	line[size] = '\0';
	cmdline_filter(line, pass, &out, &dropped);
	for (const char *c = out.data; *c; c++) {
		if (*c != ' ' && !strchr(plain, *c))
			abort();
	}
	check_value(line);
	filter_again(line, &again, &dropped);
	if (strcmp(out.data, again.data) || out.overflow != again.overflow)
		abort();
	free(line);
	return 0;
}
