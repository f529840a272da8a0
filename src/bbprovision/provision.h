/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands of bbprovision share: how one begins, refuses and answers. */
#ifndef BB_PROVISION_H
#define BB_PROVISION_H

#include "config.h"
#include "reason.h"
#include "report.h"
#include "text.h"
#include "tool.h"

/* One run of a subcommand. Starts as { 0 }. */
struct provision {
	const char *config_file; /* as --config names it, or NULL: where the device has it */
	struct config config;
	struct text json;   /* data is NULL when the answer is for a person */
	const char *reason; /* name of why it was refused; NULL: it was not */
	char detail[192];   /* the object and what is wrong with it */
};

/*
 * Takes the subcommand's own options (NULL: it has none) and those that all have, --json and --config,
 * and begins the answer: with --json it is an object, to which the subcommand adds members. Returns the
 * number of arguments that are left, or -1 when an option is wrong and that has been said.
 */
int provision_options(
	struct provision *p, int argc, char **argv, const struct command_option *own);

/* The same for a subcommand without arguments. Returns STATUS_GOOD or STATUS_USAGE. */
int provision_begin(struct provision *p, int argc, char **argv, const struct command_option *own);

/* The answer is to be such an object. */
void provision_as_json(struct provision *p);

/*
 * Reads the signed configuration. Returns STATUS_GOOD; or STATUS_REFUSED, with config-missing or
 * config-bad for provision_answer.
 */
int provision_read_config(struct provision *p);

/* Records why the subcommand goes no further, once. Returns STATUS_REFUSED. */
int provision_refuse(struct provision *p, enum provision_reason reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for an error that /init has too. */
int provision_refuse_error(struct provision *p, int bb_error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for what src/device refused. */
int provision_refuse_fault(struct provision *p, const struct report_fault *fault);

/*
 * Ends a subcommand: closes and prints the JSON object, with member "error" (null, or an object of
 * name and detail), and says on standard error "bbprovision: NAME: text" when it was refused.
 * Returns the exit status.
 */
int provision_answer(struct provision *p);

/* One per subcommand; argv[0] is its name. run_command answers --help, with the text. */
int status_main(int argc, char **argv);
int config_main(int argc, char **argv);
int fuses_main(int argc, char **argv);
int revoke_main(int argc, char **argv);
int split_main(int argc, char **argv);
int key_main(int argc, char **argv);
int volumes_main(int argc, char **argv);
int erase_main(int argc, char **argv);
extern const char status_help[], config_help[], fuses_help[], revoke_help[], split_help[], key_help[];
extern const char volumes_help[], erase_help[];

#endif
