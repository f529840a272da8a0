/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict of a command on a file, with a named error of the bootloader. */
#ifndef BB_VERDICT_H
#define BB_VERDICT_H

#include "text.h"

struct verdict {
	const char *file;
	int error;        /* enum bb_error; 0: good */
	char detail[192]; /* with an error: the object and the reason */
};

void refuse(struct verdict *verdict, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Ends a command: closes and prints the JSON object, unless there is none, and says on standard
 * error what is wrong. Returns the exit status.
 */
int answer(const struct verdict *verdict, struct text *json);

#endif
