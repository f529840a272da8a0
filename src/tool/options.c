// SPDX-License-Identifier: Apache-2.0
// How a host tool takes its options.

#include <string.h>

#include "tool.h"

static const struct command_option *find_option(const struct command_option *options,
	const char *word, size_t length)
{
	for (; options->name; options++) {
		if (strlen(options->name) == length && !memcmp(options->name, word, length))
			return options;
	}
	return NULL;
}

// Takes one option, and its value, which stands behind '=' or is the next word, at *i.
static int take_option(int argc, char **argv, int *i, const struct command_option *options)
{
	char *equals = strchr(argv[*i], '='), *word = argv[*i];
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	const struct command_option *option = find_option(options, word, length);

	if (!option)
		return fail_usage(argv[0], "no option %s", word);
	if (option->flag) {
		*option->flag = true;
		return equals ? fail_usage(argv[0], "%s takes no value", option->name) : 0;
	}
	if (!equals && *i + 1 == argc)
		return fail_usage(argv[0], "%s needs a value", option->name);
	*option->value = equals ? equals + 1 : argv[++*i];
	return 0;
}

int take_options(int argc, char **argv, const struct command_option *options)
{
	int left = 0;
	bool ended = false;

	for (int i = 1; i < argc; i++) {
		if (ended || argv[i][0] != '-' || !argv[i][1]) {
			argv[++left] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			ended = true;
		} else if (take_option(argc, argv, &i, options)) {
			return -1;
		}
	}
	return left;
}
