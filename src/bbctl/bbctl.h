/* SPDX-License-Identifier: Apache-2.0 */
/* What the subcommands of bbctl share: their names, and the table of errors. */
#ifndef BB_BBCTL_H
#define BB_BBCTL_H

#include "config.h"
#include "tool.h"
#include "verdict.h"

/* One per subcommand; argv[0] is its name. main answers --help, with the text of the same name. */
int env_main(int argc, char **argv);
int blob_main(int argc, char **argv);
int image_main(int argc, char **argv);
int disk_main(int argc, char **argv);
int report_main(int argc, char **argv);
int explain_main(int argc, char **argv);
int install_main(int argc, char **argv);
int selftest_main(int argc, char **argv);
extern const char env_help[], blob_help[], image_help[], disk_help[], report_help[], explain_help[],
	install_help[], selftest_help[];

/* Returns 0 or STATUS_USAGE, said. */
int read_config(const char *file, struct config *ret);

/* What an error of the table means; NULL for a number that is none. */
const char *error_meaning(int error);

/* What docs/errors.md says: what usually causes it, and what to do. NULL for a number that is none. */
const char *error_cause(int error);
const char *error_remedy(int error);

/* Tells a person all that is known of an error of the table. */
void explain_error(int error);

/* The number of a named error; 0 for a name that is none. */
int error_number(const char *name);

#endif
