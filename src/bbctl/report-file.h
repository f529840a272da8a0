/* SPDX-License-Identifier: Apache-2.0 */
/* A boot report where it lies: a file, or the disk on which a boot has kept it. */
#ifndef BB_REPORT_FILE_H
#define BB_REPORT_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "report-json.h"

/*
 * Reads a report, or the one that is kept on a disk, its image, or balena-imx itself. Yields the
 * object, for json_object_put() to take, or NULL when it is empty; and its bytes, at most
 * REPORT_SIZE, for free() to take, unless ret_data is NULL.
 * Returns the exit status; what is wrong has been said, and nothing is left to free then.
 */
int report_load(const char *file, struct json_object **ret, uint8_t **ret_data, size_t *ret_size);

/* False when there is no such file, or it is a disk or a volume on which no report is kept. */
bool report_is_there(const char *file);

#endif
