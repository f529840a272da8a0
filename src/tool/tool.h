/* SPDX-License-Identifier: Apache-2.0 */
/* What the host tools share: how they are called, read and write files, and say what is wrong. */
#ifndef BB_TOOL_H
#define BB_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

/* Exit status of every command. A file that cannot be read or written counts as usage. */
enum { STATUS_GOOD, STATUS_REFUSED, STATUS_USAGE };

/* Defined by each tool: what it is called. */
extern const char tool_name[];

/* A table of commands ends with a NULL name. In run, argv[0] is the command's name. */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
	const char *description;
};

/*
 * The whole of main(): --help and --version, and the command that is named. Returns the exit status.
 */
int run_command(const struct command *commands, int argc, char **argv);

/* An option of a command: a flag, or one with a value. The table ends with a NULL name. */
struct command_option {
	const char *name; /* with its hyphens */
	bool *flag;
	const char **value;
};

/*
 * Takes the options out of argv, wherever they stand; "--" ends them. Returns the number of the
 * arguments left behind argv[0], or -1 when an option is wrong and that has been said.
 */
int take_options(int argc, char **argv, const struct command_option *options);

/* The JSON object of an answer, with the file's name in it, still open. */
void json_answer(struct text *t, const char *file);

/* Say what is wrong; return STATUS_USAGE. */
int fail_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
int fail_file(const char *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Reads a file of at most max bytes. Returns its contents, for free() to take, or NULL when it
 * cannot be read and that has been said. A longer file gives max + 1 bytes.
 */
uint8_t *read_whole(const char *file, size_t max, size_t *ret_size);

/*
 * Replaces a file's contents, or makes the file with that mode: after a power cut it has the old
 * contents or the new ones. A device or a pipe is written to. Returns 0, or STATUS_USAGE when that failed and has been said.
 */
int write_whole(const char *file, mode_t mode, const uint8_t *data, size_t size);

/* A new name is on the disk only when its directory is. Returns 0 or a negative errno. */
int sync_directory(const char *directory);

/* Prints bytes of a file for a person: what could mean something to a terminal becomes '?'. */
void print_plain(const char *bytes, size_t length);

#endif
