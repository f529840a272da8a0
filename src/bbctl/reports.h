/* SPDX-License-Identifier: Apache-2.0 */
/* Boot reports filed in a directory, the newest so many of them. */
#ifndef BB_REPORTS_H
#define BB_REPORTS_H

#include <stdint.h>

/* Of at most REPORT_SIZE bytes each. */
#define REPORTS_MAX 1000
#define REPORTS_DEFAULT 32

/*
 * Files reports as NNNNNNNN.json, each with the next number, in the order given. One that the
 * directory has already is not filed again. What is more than max is removed before, the oldest
 * first, but none of these very reports while there are others. A file is whole or not there; what a
 * power cut has left of one is removed. Other files of the directory are left alone.
 * A report that is not there, or is empty, is passed over.
 * Returns the exit status: STATUS_REFUSED when one is no report; what is wrong has been said.
 */
int reports_keep(const char *directory, uint32_t max, int count, char **files);

#endif
