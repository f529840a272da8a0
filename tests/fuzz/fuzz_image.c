// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the Image parser, with the signature's and the DER reader behind it. What passes
// must keep the promises of image.h: the unhashed parts are in order, and nothing follows the
// certificate table.

#include <stdlib.h>
#include <string.h>

#include "../../src/authenticode.c"
#include "../../src/der.c"
#include "../../src/image.c"

static void check(const uint8_t *data, size_t size, const struct image *image)
{
	const struct authenticode *signature = &image->signature;

	if (image->checksum_offset < 64 || image->checksum_offset + 4 > image->directory_offset ||
		image->directory_offset + 8 > image->table_offset)
		abort();
	if (image->signature_offset != image->table_offset + 8 ||
		(size_t)image->signature_offset + image->signature_size > size ||
		size - image->signature_offset - image->signature_size >= 8)
		abort();
	if (image->image_size < size ||
		memchr(signature->signer, 0, sizeof(signature->signer)) == NULL)
		abort();
	if (signature->serial_size > sizeof(signature->serial) ||
		signature->certificate < data + image->signature_offset ||
		signature->certificate + signature->certificate_size > data + size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image;
	int r = image_parse(data, size, &image);

	if (r < 0 || (r != 0) != (image.detail != NULL))
		abort();
	if (r == 0)
		check(data, size, &image);
	return 0;
}
