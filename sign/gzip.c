// SPDX-License-Identifier: Apache-2.0
// Gzip files; see gzip.h.

#include "gzip.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

/* zlib, deflateInit2: the largest window, and a gzip header in place of zlib's own. */
#define WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL 8

int gzip_pack(const uint8_t *data, size_t size, uint8_t **ret, size_t *ret_size)
{
	z_stream z = { .next_in = data, .avail_in = (uInt)size };
	uint8_t *packed = NULL;
	uLong bound;
	bool good;

	if (size > UINT_MAX || deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_BITS,
				       MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	bound = deflateBound(&z, (uLong)size);
	if (bound <= UINT_MAX)
		packed = malloc(bound);
	z.next_out = packed;
	z.avail_out = (uInt)bound;
	good = packed && deflate(&z, Z_FINISH) == Z_STREAM_END;
	deflateEnd(&z);
	if (!good) {
		free(packed);
		return -1;
	}
	*ret = packed;
	*ret_size = z.total_out;
	return 0;
}
