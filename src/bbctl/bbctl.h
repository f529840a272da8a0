/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands of bbctl share: how they are called, read files, and answer. */
#ifndef BB_BBCTL_H
#define BB_BBCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Exit status of every subcommand. A file that cannot be read or written counts as usage. */
enum { STATUS_GOOD, STATUS_REFUSED, STATUS_USAGE };

/* One per subcommand; argv[0] is its name. main answers --help, with the text of the same name. */
int env_main(int argc, char **argv);
int blob_main(int argc, char **argv);
int image_main(int argc, char **argv);
int disk_main(int argc, char **argv);
int report_main(int argc, char **argv);
extern const char env_help[], blob_help[], image_help[], disk_help[], report_help[];

/* An option of a subcommand: a flag, or one with a value. The table ends with a NULL name. */
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

/* The verdict on a file. */
struct verdict {
	const char *file;
	int error;        /* enum bb_error; 0: good */
	char detail[192]; /* with an error: the object and the reason */
};

void refuse(struct verdict *verdict, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Ends a subcommand: closes and prints the JSON object, unless there is none, and says on standard
 * error what is wrong. Returns the exit status.
 */
int answer(const struct verdict *verdict, struct text *json);

/* The JSON object of the answer, with the file's name in it; the text is empty without --json. */
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
 * Replaces a file's contents: after a power cut it has the old ones or the new ones.
 * Returns 0, or STATUS_USAGE when that failed and has been said.
 */
int write_whole(const char *file, const uint8_t *data, size_t size);

/* Prints bytes of a file for a person: what could mean something to a terminal becomes '?'. */
void print_plain(const char *bytes, size_t length);

/* What an error of the table means; NULL for a number that is none. */
const char *error_meaning(int error);

/* The number of a named error; 0 for a name that is none. */
int error_number(const char *name);

#endif
