/* SPDX-License-Identifier: Apache-2.0 */
/* What bbsign hab-verify says of a file and of a container (imx-boot) alike. */
#ifndef BB_VERIFY_SAY_H
#define BB_VERIFY_SAY_H

#include "hab-check.h"
#include "text.h"

/* The blocks that are signed: a line of each behind the label, or an array of objects. */
void verify_print_blocks(const char *label, const struct hab_facts *facts);
void verify_json_blocks(struct text *json, const char *name, const struct hab_facts *facts);

/* Members "accepted" and, if it is not, "reason": an object of name, meaning, detail and remedy. */
void verify_json_reason(struct text *json, enum hab_reason reason, const char *detail);

/*
 * The exit status: HAB_GOOD is STATUS_GOOD. Otherwise the reason is said, with what was looked at
 * in front of its meaning.
 */
int verify_answer(const char *file, const char *what, enum hab_reason reason, const char *detail);

#endif
