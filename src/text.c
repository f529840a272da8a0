// SPDX-License-Identifier: Apache-2.0
// Bounded strings: building them and reading numbers out of them.

#include <errno.h>
#include <string.h>

#include "text.h"

struct text text_in(char *buffer, size_t size)
{
	buffer[0] = '\0';
	return (struct text){ .data = buffer, .size = size };
}

void text_add_bytes(struct text *t, const char *bytes, size_t length)
{
	size_t room = t->size - 1 - t->used;

	if (length > room) {
		t->overflow = true;
		length = room;
	}
	memcpy(t->data + t->used, bytes, length);
	t->used += length;
	t->data[t->used] = '\0';
}

void text_add(struct text *t, const char *string)
{
	text_add_bytes(t, string, strlen(string));
}

void text_add_char(struct text *t, char c)
{
	text_add_bytes(t, &c, 1);
}

void text_add_printable(struct text *t, const char *string)
{
	for (; *string; string++)
		text_add_char(t, *string < ' ' || *string > '~' ? '?' : *string);
}

void text_add_number(struct text *t, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	text_add_bytes(t, digits + at, sizeof(digits) - at);
}

void text_add_hex(struct text *t, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		text_add_char(t, digits[bytes[i] >> 4]);
		text_add_char(t, digits[bytes[i] & 15]);
	}
}

void text_copy_to(char *buffer, size_t size, const char *string)
{
	struct text t = text_in(buffer, size);

	text_add(&t, string);
}

int text_parse_number(const char *string, uint32_t max, uint32_t *ret)
{
	uint64_t number = 0;

	if (!*string)
		return -EINVAL;
	for (; *string; string++) {
		if (*string < '0' || *string > '9')
			return -EINVAL;
		number = number * 10 + (uint64_t)(*string - '0');
		if (number > max)
			return -EINVAL;
	}
	*ret = (uint32_t)number;
	return 0;
}
