/* SPDX-License-Identifier: Apache-2.0 */
/* A boot report that is read back: hostile input, whatever wrote it. */
#ifndef BB_REPORT_JSON_H
#define BB_REPORT_JSON_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * Reads a report, which may be padded with blanks. Returns NULL and the object, for
 * json_object_put() to take, or NULL and NULL when there are blanks only; or says what is wrong.
 */
const char *report_read(const char *data, size_t size, struct json_object **ret);

/* Tells a person what a report says. */
void report_print(const struct json_object *report);

#endif
