/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel Image of 2 KiB for tests: all headers of a real one (arch/arm64/kernel/efi-header.S), no
 * code. */
#ifndef BB_MKIMAGE_H
#define BB_MKIMAGE_H

#include <stdint.h>

#define MKIMAGE_SIZE 0x800
#define MKIMAGE_MEMORY 0x10000 /* the image_size that it claims */

/* Where things are in it. */
#define MKIMAGE_PE 64
#define MKIMAGE_OPTIONAL (MKIMAGE_PE + 24)
#define MKIMAGE_CHECKSUM (MKIMAGE_OPTIONAL + 64)
#define MKIMAGE_DIRECTORIES (MKIMAGE_OPTIONAL + 112)
#define MKIMAGE_CERTIFICATES (MKIMAGE_DIRECTORIES + 4 * 8)
#define MKIMAGE_SECTIONS (MKIMAGE_DIRECTORIES + 6 * 8)
#define MKIMAGE_TEXT 0x200
#define MKIMAGE_DATA 0x600

/* Writes the image; security_version as image.h has it. */
void mkimage(uint8_t image[static MKIMAGE_SIZE], uint32_t security_version);

#endif
