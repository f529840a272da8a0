/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads DER (X.690 section 10), strictly: definite lengths in their shortest form, one-byte tags,
 * nothing that reaches beyond what contains it. Bytes are named by ranges; nothing is copied.
 */
#ifndef BB_DER_H
#define BB_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DER_INTEGER 0x02
#define DER_BIT_STRING 0x03
#define DER_OCTET_STRING 0x04
#define DER_NULL 0x05
#define DER_OID 0x06
#define DER_SEQUENCE 0x30
#define DER_SET 0x31
#define DER_CONTEXT(number) (0xa0 | (number)) /* constructed */

/* What is left to read of a sequence of elements, or the content of one element. */
struct der {
	const uint8_t *data;
	size_t size;
};

/*
 * Takes the next element off `in` and yields its content. Returns false, and changes nothing, if
 * there is none, if it is not DER, or if its tag is another one.
 */
bool der_read(struct der *in, uint8_t tag, struct der *ret_content);

/* The same for an element of any tag. */
bool der_read_any(struct der *in, uint8_t *ret_tag, struct der *ret_content);

/* Takes off the next element, whose content does not matter. */
bool der_skip(struct der *in, uint8_t tag);

/* Whether an element with this tag comes next. */
bool der_peek(const struct der *in, uint8_t tag);

bool der_equal(const struct der *a, const struct der *b);

/* Whether the content is exactly these bytes. */
bool der_is(const struct der *content, const uint8_t *bytes, size_t size);

#endif
