/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of "key = value" lines and '#' comments, every key of a table exactly once: the one reader
 * of all that the program takes in this form.
 */
#ifndef BB_SETTINGS_H
#define BB_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest line, without its newline. */
#define SETTINGS_LINE_MAX 1535

/* At most so many keys in a table. */
#define SETTINGS_KEYS_MAX 64

/* One key, and the field of a structure that its value goes into. The first of these decides: */
struct setting {
	const char *name;
	size_t offset;              /* of the field */
	const char *const *choices; /* a uint32_t: index of one of these words; NULL ends them */
	size_t bytes;               /* so many bytes, as hexadecimal digits in lower case */
	size_t size;                /* a string that fits with its NUL */
	bool is_word;               /* ... and is one word */
	uint32_t max;               /* a uint32_t: a decimal number up to this */
};

/*
 * Reads all of data into the structure at ret. Returns 0, or -EINVAL; then *ret_line is the line at
 * fault (0: a key is missing) and the fields are anything.
 */
int settings_parse(const uint8_t *data, size_t size, const struct setting *table, size_t count,
	void *ret, unsigned int *ret_line);

#endif
