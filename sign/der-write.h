/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes DER (X.690 section 10) from back to front: an element's length is known when its header is
 * written, so nothing is measured twice and nothing is moved.
 */
#ifndef BB_DER_WRITE_H
#define BB_DER_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct der_writer {
	uint8_t *buffer;
	size_t at;     /* the first byte written; starts as the buffer's size */
	bool overflow; /* something did not fit */
};

/* Puts bytes in front of what is there. */
void der_put(struct der_writer *w, const uint8_t *bytes, size_t size);

/* Puts the header of an element in front, whose content is all from w->at up to `end`. */
void der_wrap(struct der_writer *w, uint8_t tag, size_t end);

#endif
