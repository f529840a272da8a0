// SPDX-License-Identifier: Apache-2.0
// A DER writer; see der-write.h.

#include <string.h>

#include "der-write.h"

void der_put(struct der_writer *w, const uint8_t *bytes, size_t size)
{
	if (w->overflow || size > w->at) {
		w->overflow = true;
		return;
	}
	w->at -= size;
	memcpy(w->buffer + w->at, bytes, size);
}

void der_wrap(struct der_writer *w, uint8_t tag, size_t end)
{
	size_t length = end - w->at;
	uint8_t header[1 + 1 + sizeof(length)] = { tag };
	size_t count = 0;

	for (size_t rest = length; length >= 0x80 && rest; rest >>= 8)
		count++;
	header[1] = (uint8_t)(count ? 0x80 | count : length);
	for (size_t i = 0; i < count; i++)
		header[2 + i] = (uint8_t)(length >> (8 * (count - 1 - i)));
	der_put(w, header, 2 + count);
}
