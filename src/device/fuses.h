/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fuses of i.MX8MM and i.MX8MP, as Linux's nvmem device gives them (drivers/nvmem/imx-ocotp.c):
 * 32-bit words, little-endian, word n of bank m at (m * 4 + n) * 4.
 */
#ifndef BB_FUSES_H
#define BB_FUSES_H

#include <stdint.h>
#include <sys/types.h>

/* Bank 1, word 3. */
#define FUSE_BOOT_CFG0 0x1c
#define FUSE_SEC_CONFIG_CLOSED (UINT32_C(1) << 25)

/*
 * Opens the fuses with open(2)'s flags: an nvmem device by its name, or a file by its absolute path.
 * Returns the descriptor or a negative errno.
 */
int fuses_open(const char *device, int flags);

/* Reads one word. Returns 0, -EIO, or -EACCES for a word that is locked against reading. */
int fuses_read(int fd, off_t offset, uint32_t *ret);

#endif
