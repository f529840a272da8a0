// SPDX-License-Identifier: Apache-2.0
// Payloads for tests: what makes a file a kernel, and a small device tree; see mkhab.h.

#include <string.h>

#include "bytes.h"
#include "mkhab.h"

#define STRUCTURE 56 /* behind the header, and a list of reserved memory that is empty */

void mkhab_image(uint8_t data[static 64], uint64_t memory)
{
	memset(data, 0, 64);
	put_le32(data + 16, (uint32_t)memory);
	put_le32(data + 20, (uint32_t)(memory >> 32));
	memcpy(data + 56, "ARM\x64", 4);
}

static uint8_t *put(uint8_t *at, uint32_t word)
{
	mkhab_word(at, word);
	return at + 4;
}

/* A root with a property that fills it, and with one child. */
void mkhab_dtb(uint8_t *data, size_t size, const char *child)
{
	size_t node = 4 + (strlen(child) / 4 + 1) * 4 + 4;
	size_t fill = (size - STRUCTURE - 28 - node - 2) / 4 * 4, structure = 28 + fill + node;
	const uint32_t header[] = { 0xd00dfeed, (uint32_t)size, STRUCTURE,
		(uint32_t)(STRUCTURE + structure), 40, 17, 16, 0,
		(uint32_t)(size - STRUCTURE - structure), (uint32_t)structure };
	uint8_t *at = data;

	memset(data, 0, size);
	for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++)
		at = put(at, header[i]);
	at = put(data + STRUCTURE, 1);
	at = put(at + 4, 3); /* behind the name of the root, which is empty */
	at = put(put(at, (uint32_t)fill), 0);
	memset(at, 'x', fill);
	at = put(at + fill, 1);
	memcpy(at, child, strlen(child));
	at = put(data + STRUCTURE + 20 + fill + node - 4, 2);
	put(put(at, 2), 9);
	data[size - 2] = 'x'; /* the last name that there is room for; the first is empty */
}
