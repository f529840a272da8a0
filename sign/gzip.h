/* SPDX-License-Identifier: Apache-2.0 */
/* Packs what was signed again, so that the same contents give the same bytes. */
#ifndef BB_GZIP_H
#define BB_GZIP_H

#include <stddef.h>
#include <stdint.h>

/*
 * Packs by zlib's level 9; the header has no name and no time. Yields what free() takes. Returns 0,
 * or -1 when there is no memory for it.
 */
int gzip_pack(const uint8_t *data, size_t size, uint8_t **ret, size_t *ret_size);

#endif
