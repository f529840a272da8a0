// SPDX-License-Identifier: Apache-2.0
// Builds the Image that the tests sign and damage; shares no code and no constants with the parser.

#include "mkimage.h"

#include <string.h>

static uint8_t *put(uint8_t *to, unsigned int bytes, uint64_t value)
{
	for (unsigned int i = 0; i < bytes; i++)
		*to++ = (uint8_t)(value >> 8 * i);
	return to;
}

static uint8_t *put_section(
	uint8_t *p, const char *name, uint32_t offset, uint32_t size, uint32_t flags)
{
	memcpy(p, name, strlen(name));
	p = put(p + 8, 4, size);
	p = put(p, 4, offset);
	p = put(p, 4, size);
	p = put(p, 4, offset);
	return put(p + 12, 4, flags); /* relocations and line numbers: none */
}

static void put_image_header(uint8_t *image)
{
	uint8_t *p = put(image, 4, 0xfa405a4d); /* ccmp x18, #0, #0xd, pl: "MZ" */

	p = put(p, 4, 0x14000000 | MKIMAGE_TEXT / 4); /* b .text */
	p = put(p, 8, 0);                             /* text_offset */
	p = put(p, 8, MKIMAGE_MEMORY);
	put(p, 8, 0x0a); /* flags: little-endian, 4K pages, anywhere */
	memcpy(image + 56, "ARM\x64", 4);
	put(image + 60, 4, MKIMAGE_PE);
}

static void put_optional_header(uint8_t *image, uint32_t security_version)
{
	uint8_t *p = image + MKIMAGE_OPTIONAL;

	p = put(p, 2, 0x20b); /* PE32+ */
	p = put(p, 2, 0x1402);
	p = put(p, 4, MKIMAGE_DATA - MKIMAGE_TEXT);
	p = put(p, 4, MKIMAGE_SIZE - MKIMAGE_DATA);
	p = put(p, 4, 0);
	p = put(p, 4, MKIMAGE_TEXT); /* entry */
	p = put(p, 4, MKIMAGE_TEXT);
	p = put(p, 8, 0);
	p = put(p, 4, 0x200); /* SectionAlignment, FileAlignment */
	p = put(p, 4, 0x200);
	p = put(p, 2, security_version >> 16);
	p = put(p, 2, security_version & 0xffff);
	p = put(p, 4, 0x00010003); /* image version: 3.1 */
	p = put(p, 8, 0);
	p = put(p, 4, MKIMAGE_MEMORY);
	p = put(p, 4, MKIMAGE_TEXT); /* SizeOfHeaders */
	p = put(p, 4, 0);            /* CheckSum */
	p = put(p, 4, 0x0100000a);   /* EFI application, NX */
	p = put(p + 32, 4, 0);       /* stack and heap: 0 */
	put(p, 4, 6);                /* data directories, all empty */
}

void mkimage(uint8_t image[static MKIMAGE_SIZE], uint32_t security_version)
{
	uint8_t *p = image + MKIMAGE_PE;

	memset(image, 0, MKIMAGE_SIZE);
	put_image_header(image);
	p = put(p, 4, 0x4550);
	p = put(p, 2, 0xaa64);
	p = put(p, 2, 2);
	p += 12; /* time, symbol table: none */
	p = put(p, 2, MKIMAGE_SECTIONS - MKIMAGE_OPTIONAL);
	put(p, 2, 0x0206);
	put_optional_header(image, security_version);
	p = put_section(image + MKIMAGE_SECTIONS, ".text", MKIMAGE_TEXT,
		MKIMAGE_DATA - MKIMAGE_TEXT, 0x60000020);
	put_section(p, ".data", MKIMAGE_DATA, MKIMAGE_SIZE - MKIMAGE_DATA, 0xc0000040);
	for (uint32_t i = MKIMAGE_TEXT; i < MKIMAGE_SIZE; i++)
		image[i] = (uint8_t)(i * 37 >> 3);
}
