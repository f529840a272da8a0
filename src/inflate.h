/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unpacks one gzip file (RFC 1951, RFC 1952) into one flat buffer, in one pass over both. It takes
 * hostile input: it allocates nothing, does not recurse, and ends for every input that ends.
 */
#ifndef BB_INFLATE_H
#define BB_INFLATE_H

#include <stddef.h>
#include <stdint.h>

struct inflate_source {
	/*
	 * Yields the next piece of the file, of any size, which stays valid until the next call; an
	 * empty piece is the end of the file. Returns 0, or an error with which inflate_gzip ends.
	 */
	int (*next)(void *context, const uint8_t **ret_data, size_t *ret_size);
	void *context;
};

struct inflate_result {
	size_t size; /* bytes in the buffer, whatever the outcome */
	const char
		*detail; /* what is wrong, a constant string; NULL after an error of the source */
};

/*
 * The file must be exactly one gzip member: the whole of it, its CRC-32 and its length right, and
 * nothing behind it. Bytes of the buffer behind the result may have been written, none behind its
 * capacity. Returns 0, an error of the source, or
 *   BB_KERNEL_GZIP     the file is not that
 *   BB_KERNEL_TOO_BIG  it holds more than fits
 */
int inflate_gzip(const struct inflate_source *source, uint8_t *buffer, size_t capacity,
	struct inflate_result *ret);

#endif
