// SPDX-License-Identifier: Apache-2.0
// How a host tool finds the command that it is given.

#include <stdio.h>
#include <string.h>

#include "tool.h"

static void print_help(const struct command *commands, FILE *to)
{
	fprintf(to, "usage: %s COMMAND ... [--help]\n\n", tool_name);
	for (; commands->name; commands++)
		fprintf(to, "  %-11s %s\n", commands->name, commands->description);
	fprintf(to, "\n%s COMMAND --help tells more; --version gives the version.\n"
		"Exit status: 0 good, 1 refused (the reason is on standard error), 2 usage.\n",
		tool_name);
}

static const struct command *find_command(const struct command *commands, const char *name)
{
	for (; commands->name; commands++) {
		if (!strcmp(commands->name, name))
			return commands;
	}
	return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--help"))
			return true;
	}
	return false;
}

int run_command(const struct command *commands, int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(commands, stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help")) {
		print_help(commands, stdout);
		return STATUS_GOOD;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("%s " BB_VERSION "\n", tool_name);
		return STATUS_GOOD;
	}
	command = find_command(commands, argv[1]);
	if (!command) {
		fprintf(stderr, "%s: no command %s; %s --help lists them\n", tool_name, argv[1],
			tool_name);
		return STATUS_USAGE;
	}
	if (asks_for_help(argc - 1, argv + 1)) {
		fputs(command->help, stdout);
		return STATUS_GOOD;
	}
	return command->run(argc - 1, argv + 1);
}
