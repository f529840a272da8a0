/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON into a bounded text; commas come by themselves. */
#ifndef BB_JSON_H
#define BB_JSON_H

#include "text.h"

/* name is NULL for an element of an array and for the outermost value. */
void json_open(struct text *t, const char *name, char bracket);  /* '{' or '[' */
void json_close(struct text *t, char bracket);                   /* '}' or ']' */
void json_string(struct text *t, const char *name, const char *value); /* NULL gives null */
void json_number(struct text *t, const char *name, uint64_t value);
void json_bool(struct text *t, const char *name, bool value);
void json_null(struct text *t, const char *name);

#endif
