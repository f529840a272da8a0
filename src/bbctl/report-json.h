/* SPDX-License-Identifier: Apache-2.0 */
/* A boot report that is read back: hostile input, whatever wrote it. */
#ifndef BB_REPORT_JSON_H
#define BB_REPORT_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads a report, which may be padded with blanks. Returns NULL and the object, for
 * json_object_put() to take, or NULL and NULL when there are blanks only; or says what is wrong.
 */
const char *report_read(const char *data, size_t size, struct json_object **ret);

/* A member of a report's object; NULL, 0 or false when it is not there or of another type. */
struct json_object *report_member(const struct json_object *object, const char *name);
const char *report_string(const struct json_object *object, const char *name);
int64_t report_number(const struct json_object *object, const char *name);
bool report_true(const struct json_object *object, const char *name);
/* Elements of an array; 0 when it is none. */
size_t report_count(const struct json_object *array);

/* Tells a person what a report says. */
void report_print(const struct json_object *report);

#endif
