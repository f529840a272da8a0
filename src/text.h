/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded string under construction. Adding never writes past the end; what did not fit is
 * remembered in `overflow`, so that callers check once, at the end.
 */
#ifndef BB_TEXT_H
#define BB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;    /* always NUL-terminated */
	size_t size;   /* of the buffer, at least 1 */
	size_t used;   /* without the NUL */
	bool overflow; /* something was left out */
};

/* An empty text in a char array. */
#define TEXT_IN(array) text_in((array), sizeof(array))

struct text text_in(char *buffer, size_t size);
void text_add(struct text *t, const char *string);
void text_add_bytes(struct text *t, const char *bytes, size_t length);
void text_add_char(struct text *t, char c);
/* What is not printable ASCII becomes '?': a name that anybody may have chosen, for a terminal. */
void text_add_printable(struct text *t, const char *string);
void text_add_number(struct text *t, uint64_t number);
/* Lower-case hexadecimal, two digits a byte. */
void text_add_hex(struct text *t, const uint8_t *bytes, size_t length);

/*
 * Copies a string into a char array, cut to its size.
 */
#define text_copy(array, string) text_copy_to((array), sizeof(array), (string))
void text_copy_to(char *buffer, size_t size, const char *string);

/*
 * Reads a whole string as a decimal number: digits only, no sign, no blanks, at most max.
 * Returns 0 or -EINVAL.
 */
int text_parse_number(const char *string, uint32_t max, uint32_t *ret);

#endif
