// SPDX-License-Identifier: Apache-2.0
// mutate's gzip files.

#include <stdlib.h>
#include <zlib.h>

#include "mutate.h"

/* Packs f, or if `zeros` is not 0 that many zeros. */
static void pack(struct file *f, size_t zeros)
{
	static uint8_t zero[1 << 20];
	struct file packed = { NULL, 0 };
	z_stream z = { .next_in = f->data, .avail_in = (uInt)f->size };
	int r;

	deflateInit2(&z, zeros ? 6 : 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	if (zeros)
		z.avail_in = 0;
	do {
		if (z.avail_in == 0 && zeros) {
			z.next_in = zero;
			z.avail_in = sizeof(zero);
			zeros -= sizeof(zero);
		}
		if (z.total_out == packed.size)
			resize(&packed, packed.size + (1 << 20));
		z.next_out = packed.data + z.total_out;
		z.avail_out = (uInt)(packed.size - z.total_out);
		r = deflate(&z, zeros ? Z_NO_FLUSH : Z_FINISH);
	} while (r == Z_OK || r == Z_BUF_ERROR);
	packed.size = z.total_out;
	deflateEnd(&z);
	free(f->data);
	*f = packed;
}

void gz(struct file *f, size_t number)
{
	(void)number;
	pack(f, 0);
}

void gz_lies(struct file *f, size_t number)
{
	(void)number;
	pack(f, 0);
	put32(f->data + f->size - 4, get32(f->data + f->size - 4) + 4096);
}

void gz_checksum(struct file *f, size_t number)
{
	(void)number;
	pack(f, 0);
	f->data[f->size - 8] ^= 1;
}

void gz_endless(struct file *f, size_t number)
{
	(void)number;
	pack(f, (size_t)1 << 30);
}
