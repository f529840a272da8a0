/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads one setting out of a JSON document that is hostile, such as the OS's config.json: no
 * allocation, no recursion, and every byte is looked at once.
 */
#ifndef BB_JSON_READ_H
#define BB_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* config.json has 1 to 4 KiB; sixteen times as much leaves room for keys and certificates in it. */
#define JSON_READ_SIZE_MAX 65536
/* config.json is four levels deep. A level takes one bit. */
#define JSON_READ_DEPTH_MAX 32

enum json_read {
	JSON_READ_FOUND,
	JSON_READ_ABSENT,      /* the document has no such member */
	JSON_READ_NOT_BOOLEAN, /* it has, and its value is neither true nor false */
	JSON_READ_TWICE,       /* a name of the path stands in its object more than once */
	JSON_READ_NOT_JSON,    /* RFC 8259, UTF-8 included, or something follows the value */
	JSON_READ_TOO_DEEP,
	JSON_READ_TOO_LONG,    /* no byte was read */
};

/*
 * The boolean at a path of names from the outermost object, such as "installer.secureboot". Names
 * are compared after their escapes were read, so that no name has a second spelling; the path
 * itself is ASCII. The whole document must be good, whatever stands where. ret is set by
 * JSON_READ_FOUND only.
 */
enum json_read json_read_bool(const uint8_t *data, size_t size, const char *path, bool *ret);

#endif
