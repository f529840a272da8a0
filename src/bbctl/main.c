// SPDX-License-Identifier: Apache-2.0
// bbctl: looks at what the bootloader looks at, with the same parsers, on any computer.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
	const char *description;
} commands[] = {
	{ "env", env_main, env_help, "read and edit a boot state (bootenv)" },
	{ "blob", blob_main, blob_help, "check a key blob (balena_56.enc)" },
	{ "image", image_main, image_help, "check a kernel (Image or Image.gz) and its signature" },
	{ "disk", disk_main, disk_help, "judge the volumes of a disk or of its image" },
	{ "report", report_main, report_help, "explain a boot report (bootreport.json)" },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	fputs("usage: bbctl COMMAND ... [--json] [--help]\n\n", to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].description);
	fputs("\nbbctl COMMAND --help tells more; --version gives the version.\n"
	      "Exit status: 0 good, 1 refused (the named error is on standard error), 2 usage.\n", to);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
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

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help")) {
		print_help(stdout);
		return STATUS_GOOD;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("bbctl " BB_VERSION);
		return STATUS_GOOD;
	}
	command = find_command(argv[1]);
	if (!command) {
		fprintf(stderr, "bbctl: no command %s; bbctl --help lists them\n", argv[1]);
		return STATUS_USAGE;
	}
	if (asks_for_help(argc - 1, argv + 1)) {
		fputs(command->help, stdout);
		return STATUS_GOOD;
	}
	return command->run(argc - 1, argv + 1);
}
