/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cpio archive of one directory with one file, in the "newc" format that the kernel unpacks as an
 * initramfs (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#ifndef BB_CPIO_H
#define BB_CPIO_H

#include <stddef.h>

/*
 * Packs directory (mode 0755) and directory/file (mode 0444) with its contents.
 * Returns the archive's size, or 0 when it does not fit into ret_size.
 */
size_t cpio_pack(const char *directory, const char *file, const void *data, size_t size,
	char *ret, size_t ret_size);

#endif
