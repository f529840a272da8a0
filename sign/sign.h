/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of bbsign share: their names, and when a signature is made. */
#ifndef BB_SIGN_H
#define BB_SIGN_H

#include <time.h>

#include "tool.h"

/* One per command; argv[0] is its name. main answers --help, with the text of the same name. */
int pki_main(int argc, char **argv);
int srk_main(int argc, char **argv);
int efuses_main(int argc, char **argv);
int hab_main(int argc, char **argv);
int hab_verify_main(int argc, char **argv);
int kernel_main(int argc, char **argv);
int module_main(int argc, char **argv);
int manifest_main(int argc, char **argv);
int info_main(int argc, char **argv);
extern const char pki_help[], srk_help[], efuses_help[], hab_help[], hab_verify_help[],
	kernel_help[], module_help[], manifest_help[], info_help[];

/* The largest file that is signed or looked at, in bytes. */
#define SIGN_FILE_MAX (256u << 20)

/*
 * The time that signatures and certificates carry: SOURCE_DATE_EPOCH when that is set, in seconds
 * since 1970, so that two runs give the same bytes; otherwise now. A value that is no such number
 * ends the program with status 2.
 */
time_t signing_time(void);

/*
 * Reads a whole string as a number: decimal, or hexadecimal behind 0x; no sign, no blanks, at
 * most max.
 */
bool parse_number(const char *string, uint64_t max, uint64_t *ret);

/*
 * The value of --revoked: a mask of slots, bit 0 for slot 0; there is no fuse that revokes slot 3.
 * NULL is 0. Returns 0, or STATUS_USAGE when it is none and that has been said.
 */
int take_revoked(const char *command, const char *word, unsigned int *ret);

/* Says what is refused and why, for a command that ends with it. Returns STATUS_REFUSED. */
int refuse_file(const char *file, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
