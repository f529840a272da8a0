// SPDX-License-Identifier: Apache-2.0
// Signatures on Images, beside those that sbsign makes of the same files.

#include "mkpe.h"

#include <stdlib.h>
#include <string.h>

#include "mkimage.h"
#include "signature.h"
#include "test.h"
#include "tool.h"

#define FILE_MAX 16384
#define VERSION 0xfffe0003

static uint8_t *sbsign(const struct pe *image, size_t *ret_size)
{
	if (write_whole("Image", 0600, image->data, image->size) ||
		system("sbsign --key key.pem --cert cert.pem --output Image.signed Image >log "
		       "2>&1"))
		return NULL;
	return read_whole("Image.signed", FILE_MAX, ret_size);
}

// Byte for byte, for every padding, around the same SignedData.
static void pe_as_sbsign_does(void)
{
	for (size_t behind = 0; behind < 9; behind++) {
		struct pe pe = mkpe(behind, VERSION);
		struct image image;
		uint8_t digest[AUTHENTICODE_DIGEST_SIZE];
		size_t size = 0;
		uint8_t *other = sbsign(&pe, &size);

		test_assert(other && !image_parse(other, size, &image));
		test_assert(
			!pe_prepare(&pe, VERSION) && signature_digest(pe.data, &pe.image, digest));
		test_assert(!memcmp(digest, image.signature.digest, sizeof(digest)));
		pe_attach(&pe, other + image.signature_offset, image.signature_size);
		test_assert(pe.size == size && !memcmp(pe.data, other, size));
		test_assert(mkpe_verifies(other, size));
		free(other);
		free(pe.data);
	}
}

// One bit after the other of a signed file; none may be without meaning.
static void flip_every_bit(uint8_t *data, size_t size)
{
	unsigned int flips = 0;

	test_assert(mkpe_verifies(data, size));
	for (size_t bit = 0; bit < 8 * size; bit++, flips++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (mkpe_verifies(data, size))
			printf("# bit %zu of byte %zu changes nothing\n", bit % 8, bit / 8);
		test_assert(!mkpe_verifies(data, size));
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	printf("# %u bits flipped\n", flips);
}

static void pe_version(void)
{
	static const uint32_t versions[] = { 0, 1, 0xffff, 0x10000, 0x12345678, UINT32_MAX };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct pe pe = mkpe(0, VERSION);
		struct image image;

		test_assert(!pe_prepare(&pe, versions[i]) && mkpe_sign(&pe, mkpe_now));
		test_assert(!image_parse(pe.data, pe.size, &image));
		test_assert(image.security_version == versions[i]);
		test_assert(mkpe_verifies(pe.data, pe.size));
		free(pe.data);
	}
}

static void pe_refuses(void)
{
	struct pe pe = mkpe(0, 0);

	test_assert(!pe_strip(&pe));
	test_assert(!pe_prepare(&pe, 0) && mkpe_sign(&pe, mkpe_now));
	test_assert(!strcmp(pe_prepare(&pe, 0), "it is signed already"));
	pe.data[pe.image.table_offset + 8] ^= 1; // signed, in no form that is known
	test_assert(!strcmp(pe_prepare(&pe, 0), "it is signed already"));
	test_assert(!pe_strip(&pe));
	mkimage(pe.data, 0);
	pe.size = MKIMAGE_SIZE - 1;
	test_assert(!strcmp(pe_prepare(&pe, 0), "section beyond the end of the file"));
	free(pe.data);
}

// Taken off and signed anew, it is as if it had been signed once.
static void pe_replaces(void)
{
	struct pe once = mkpe(3, 0), twice = mkpe(3, 0);

	test_assert(!pe_prepare(&once, 7) && mkpe_sign(&once, mkpe_now + 1));
	test_assert(!pe_prepare(&twice, 9) && mkpe_sign(&twice, mkpe_now));
	test_assert(pe_strip(&twice) && !pe_prepare(&twice, 7) && mkpe_sign(&twice, mkpe_now + 1));
	test_assert(once.size == twice.size && !memcmp(once.data, twice.data, once.size));
	free(once.data);
	free(twice.data);
}

static void pe_every_bit(void)
{
	struct pe pe = mkpe(0, 0);

	test_assert(!pe_prepare(&pe, VERSION) && mkpe_sign(&pe, mkpe_now));
	flip_every_bit(pe.data, pe.size);
	free(pe.data);
}

static void pe_every_bit_of_sbsign(void)
{
	struct pe pe = mkpe(0, VERSION);
	size_t size = 0;
	uint8_t *other = sbsign(&pe, &size);

	test_assert(other);
	flip_every_bit(other, size);
	free(other);
	free(pe.data);
}

// A bit of the SignedData, and whatever else it takes to make the file look right again.
static void flip_every_bit_attached(const uint8_t *data, size_t size)
{
	struct pe pe = { malloc(size + PE_GROWTH), size, { 0 } };
	uint8_t signature[SIGNED_DATA_MAX];
	struct image image;

	test_assert(pe.data && !image_parse(data, size, &image));
	memcpy(pe.data, data, size);
	memcpy(signature, data + image.signature_offset, image.signature_size);
	test_assert(pe_strip(&pe) && !pe_prepare(&pe, image.security_version));
	for (size_t bit = 0; bit < 8 * image.signature_size; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		pe_attach(&pe, signature, image.signature_size);
		if (mkpe_verifies(pe.data, pe.size))
			printf("# bit %zu of byte %zu changes nothing\n", bit % 8, bit / 8);
		test_assert(!mkpe_verifies(pe.data, pe.size));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	pe_attach(&pe, signature, image.signature_size);
	test_assert(mkpe_verifies(pe.data, pe.size));
	free(pe.data);
}

static void pe_every_bit_attached(void)
{
	struct pe pe = mkpe(0, VERSION);
	size_t size = 0;
	uint8_t *other = sbsign(&pe, &size);

	test_assert(other);
	flip_every_bit_attached(other, size);
	free(other);
	test_assert(!pe_prepare(&pe, VERSION) && mkpe_sign(&pe, mkpe_now));
	flip_every_bit_attached(pe.data, pe.size);
	free(pe.data);
}

int main(void)
{
	if (!mkpe_start()) {
		puts("not ok pe: openssl cannot make a key");
		return 1;
	}
	test_run(pe_as_sbsign_does);
	test_run(pe_version);
	test_run(pe_refuses);
	test_run(pe_replaces);
	test_run(pe_every_bit_attached);
	test_run(pe_every_bit);
	test_run(pe_every_bit_of_sbsign);
	mkpe_end();
	return test_result();
}
