// SPDX-License-Identifier: Apache-2.0
// The Image parser on files that sbsign signed, on each way in which they can be wrong, and on
// every single byte of them changed. Usage: test_image [DIRECTORY]; the signed files are left in
// DIRECTORY.

#include "image.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../tools/mutate.h"
#include "error.h"
#include "mkimage.h"
#include "test.h"

#define VERSION 0x00050007
#define FILE_MAX 65536

struct bytes {
	uint8_t data[FILE_MAX];
	size_t size;
};

/* What sbsign made of the synthetic Image, and what the parser says of it. */
static struct bytes unsigned_file, signed_file;
static struct image signed_image;

static void write_file(const char *path, const struct bytes *from)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(from->data, 1, from->size, f) != from->size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

static void read_file(const char *path, struct bytes *to)
{
	FILE *f = fopen(path, "re");

	if (!f) {
		perror(path);
		exit(1);
	}
	to->size = fread(to->data, 1, FILE_MAX, f);
	fclose(f);
}

static void sign(const char *directory)
{
	if (chdir(directory) < 0) {
		perror(directory);
		exit(1);
	}
	mkimage(unsigned_file.data, VERSION);
	unsigned_file.size = MKIMAGE_SIZE;
	write_file("Image", &unsigned_file);
	if (system("exec >log 2>&1; openssl req -new -x509 -newkey rsa:2048 -nodes -days 9 "
		   "-set_serial 0x1234 -subj '/O=Nobody/CN=tests \"\\\\ key' "
		   "-keyout key.pem -out cert.pem && "
		   "sbsign --key key.pem --cert cert.pem --output Image.signed Image") != 0) {
		puts("# openssl and sbsign are needed: see the file log");
		exit(1);
	}
	read_file("Image.signed", &signed_file);
}

/* Parses a copy of exactly its size, so that the sanitizer sees a read beyond it. */
static int parse(const struct bytes *file, struct image *ret)
{
	uint8_t *copy = malloc(file->size + (file->size == 0));
	int r;

	if (!copy)
		abort();
	memcpy(copy, file->data, file->size);
	r = image_parse(copy, file->size, ret);
	ret->signature.certificate = NULL;
	free(copy);
	return r;
}

/* The digest as image.h describes it. */
static void digest_of(const struct bytes *file, const struct image *image, uint8_t digest[32])
{
	struct bytes hashed = { .size = 0 };
	size_t from = 0;
	const size_t holes[][2] = {
		{ image->checksum_offset, 4 },
		{ image->directory_offset, 8 },
		{ image->table_offset, 0 },
	};

	for (size_t i = 0; i < 3; i++) {
		memcpy(hashed.data + hashed.size, file->data + from, holes[i][0] - from);
		hashed.size += holes[i][0] - from;
		from = holes[i][0] + holes[i][1];
	}
	SHA256(hashed.data, hashed.size, digest);
}

static void image_signed(void)
{
	struct image image;
	uint8_t digest[32];

	test_assert(image_parse(signed_file.data, signed_file.size, &image) == 0);
	test_assert(image.detail == NULL);
	test_assert(image.image_size == MKIMAGE_MEMORY);
	test_assert(image.security_version == VERSION);
	test_assert(image.checksum_offset == MKIMAGE_CHECKSUM);
	test_assert(image.directory_offset == MKIMAGE_CERTIFICATES);
	test_assert(image.table_offset == MKIMAGE_SIZE);
	test_assert(image.signature_offset == MKIMAGE_SIZE + 8);
	test_assert(image.signature_offset + image.signature_size <= signed_file.size);
	test_assert(strcmp(image.signature.signer, "tests ?? key") == 0);
	test_assert(image.signature.serial_size == 2);
	test_assert(memcmp(image.signature.serial, "\x12\x34", 2) == 0);
	digest_of(&signed_file, &image, digest);
	test_assert(memcmp(image.signature.digest, digest, 32) == 0);
	signed_image = image;
	signed_image.signature.certificate = NULL;
}

static void image_unsigned(void)
{
	struct image image;

	test_assert(parse(&unsigned_file, &image) == BB_KERNEL_UNSIGNED);
	test_assert(image.detail != NULL && image.image_size == MKIMAGE_MEMORY);
	test_assert(image.security_version == VERSION);
	test_assert(image.version_offset == MKIMAGE_OPTIONAL + 40);
	test_assert(image.checksum_offset == MKIMAGE_CHECKSUM);
	test_assert(image.directory_offset == MKIMAGE_CERTIFICATES);
	test_assert(image.table_offset == 0 && image.signature.certificate == NULL);
}

static void image_every_size(void)
{
	struct bytes file = signed_file;
	struct image image;

	for (file.size = 0; file.size < signed_file.size; file.size++) {
		int r = parse(&file, &image);

		test_assert(r == (file.size < MKIMAGE_SIZE ? BB_KERNEL_NOT_IMAGE
							   : BB_KERNEL_SIGNATURE_FORM));
		test_assert(image.detail != NULL);
	}
	for (file.size++; file.size < signed_file.size + 100; file.size++)
		test_assert(parse(&file, &image) == BB_KERNEL_SIGNATURE_FORM);
}

/* One field changed, to a value of 2 or 4 bytes. */
#define NOT_IMAGE BB_KERNEL_NOT_IMAGE
#define FORM BB_KERNEL_SIGNATURE_FORM
#define UNSIGNED BB_KERNEL_UNSIGNED
#define PE MKIMAGE_PE
#define OPTIONAL MKIMAGE_OPTIONAL
#define SECTION MKIMAGE_SECTIONS
#define ENTRY MKIMAGE_CERTIFICATES
#define TABLE MKIMAGE_SIZE

static const struct field_case {
	int error;
	uint32_t at, bytes, value;
	const char *detail;
} field_cases[] = {
	{ NOT_IMAGE, 56, 4, 0x644d5240, "no arm64 Image header" },
	{ NOT_IMAGE, 24, 2, 0x0b, "big-endian" },
	{ NOT_IMAGE, 8, 4, 0x200000, "text_offset is 2 MiB or more" },
	{ NOT_IMAGE, 14, 2, 0x8000, "text_offset is 2 MiB or more" },
	{ NOT_IMAGE, 16, 4, 0, "no image_size, or more than 2 GiB" },
	{ NOT_IMAGE, 20, 4, 1, "no image_size, or more than 2 GiB" },
	{ NOT_IMAGE, 16, 4, TABLE, "image_size is less than the file" },
	{ NOT_IMAGE, 0, 4, 0xd503201f,
		"no MZ header: a kernel without CONFIG_EFI cannot be signed" },
	{ NOT_IMAGE, 60, 4, 60, "PE header outside the file" },
	{ NOT_IMAGE, 60, 4, TABLE * 2, "PE header outside the file" },
	{ NOT_IMAGE, 60, 4, UINT32_MAX, "PE header outside the file" },
	{ NOT_IMAGE, PE, 2, 0x454e, "no PE32+ header" },
	{ NOT_IMAGE, OPTIONAL, 2, 0x10b, "no PE32+ header" },
	{ NOT_IMAGE, PE + 4, 2, 0x8664, "PE header of another machine" },
	{ NOT_IMAGE, OPTIONAL + 108, 4, 4, "too few or too many data directories" },
	{ NOT_IMAGE, OPTIONAL + 108, 4, 17, "too few or too many data directories" },
	{ NOT_IMAGE, OPTIONAL + 108, 4, 5,
		"optional header with another size than its data directories give" },
	{ NOT_IMAGE, PE + 20, 2, 112 + 7 * 8,
		"optional header with another size than its data directories give" },
	{ NOT_IMAGE, PE + 6, 2, 0, "no sections, or too many" },
	{ NOT_IMAGE, PE + 6, 2, 97, "no sections, or too many" },
	{ NOT_IMAGE, PE + 6, 2, 96, "headers larger than they say" },
	{ NOT_IMAGE, OPTIONAL + 60, 4, SECTION + 79, "headers larger than they say" },
	{ NOT_IMAGE, OPTIONAL + 60, 4, UINT32_MAX, "headers larger than they say" },
	{ NOT_IMAGE, OPTIONAL + 60, 4, MKIMAGE_TEXT - 8, "sections that do not follow each other" },
	{ NOT_IMAGE, SECTION + 20, 4, MKIMAGE_TEXT + 8, "sections that do not follow each other" },
	{ NOT_IMAGE, SECTION + 16, 4, 0x3f8, "sections that do not follow each other" },
	{ NOT_IMAGE, SECTION + 40 + 20, 4, MKIMAGE_TEXT, "sections that do not follow each other" },
	{ NOT_IMAGE, SECTION + 40 + 16, 4, 0x10000, "section beyond the end of the file" },
	{ NOT_IMAGE, SECTION + 16, 4, UINT32_MAX, "section beyond the end of the file" },
	{ UNSIGNED, ENTRY, 4, 0, "no certificate table" },
	{ UNSIGNED, ENTRY + 4, 4, 0, "no certificate table" },
	{ FORM, ENTRY, 4, TABLE + 4, "certificate table not aligned to 8 bytes" },
	{ FORM, ENTRY, 4, TABLE - 8, "certificate table within the headers or the sections" },
	{ FORM, ENTRY, 4, 64, "certificate table within the headers or the sections" },
	{ FORM, ENTRY, 4, TABLE + 8, "certificate table beyond the end of the file" },
	{ FORM, ENTRY + 4, 4, 0xfffffff8, "certificate table beyond the end of the file" },
	{ FORM, ENTRY + 4, 4, 8, "bytes behind the certificate table" },
	{ FORM, TABLE, 4, 8, "certificate entry too small or too large" },
	{ FORM, TABLE, 4, 0x10000, "certificate entry too small or too large" },
	{ FORM, TABLE, 4, 1000, "more than one certificate entry" },
	{ FORM, TABLE + 4, 2, 0x0100, "certificate entry of another kind than PKCS#7" },
	{ FORM, TABLE + 6, 2, 1, "certificate entry of another kind than PKCS#7" },
	{ FORM, TABLE + 8, 2, 0x8030, "no DER structure in the certificate entry" },
	{ FORM, TABLE + 8, 4, 0xffff8230, "no DER structure in the certificate entry" },
	{ FORM, TABLE + 8, 4, 0x01018230, "bytes behind the signature" },
};

static void image_header_fields(void)
{
	for (size_t i = 0; i < sizeof(field_cases) / sizeof(field_cases[0]); i++) {
		const struct field_case *c = &field_cases[i];
		struct bytes file = signed_file;
		struct image image;

		test_case = c->detail;
		for (size_t b = 0; b < c->bytes; b++)
			file.data[c->at + b] = (uint8_t)(c->value >> 8 * b);
		test_assert(parse(&file, &image) == c->error);
		if (strcmp(image.detail, c->detail) != 0)
			printf("# %s\n", image.detail);
		test_assert(strcmp(image.detail, c->detail) == 0);
	}
}

static void expect(const struct bytes *file, const char *detail)
{
	struct image image;

	test_case = detail;
	test_assert(parse(file, &image) == BB_KERNEL_SIGNATURE_FORM);
	if (strcmp(image.detail, detail) != 0)
		printf("# %s\n", image.detail);
	test_assert(strcmp(image.detail, detail) == 0);
}

/* The table once more behind itself, its size fixed: the kernel would take it. */
static void image_second_entry(void)
{
	struct bytes file = signed_file;
	size_t size = file.size - MKIMAGE_SIZE;

	memcpy(file.data + file.size, file.data + MKIMAGE_SIZE, size);
	file.size += size;
	put32(file.data + MKIMAGE_CERTIFICATES + 4, 2 * size);
	expect(&file, "more than one certificate entry");
	put32(file.data + MKIMAGE_SIZE, 2 * size);
	expect(&file, "bytes behind the signature");
}

/* The table at its place and the same number of unhashed bytes behind it: the kernel would take it.
 */
static void image_hidden_bytes(void)
{
	struct bytes file = signed_file;

	memset(file.data + file.size, 'x', 8);
	file.size += 8;
	expect(&file, "bytes behind the certificate table");
	put32(file.data + MKIMAGE_CERTIFICATES + 4, file.size - MKIMAGE_SIZE);
	expect(&file, "more than one certificate entry");
	put32(file.data + MKIMAGE_SIZE, file.size - MKIMAGE_SIZE);
	expect(&file, "bytes behind the signature");

	file = signed_file;
	put32(file.data + MKIMAGE_CERTIFICATES, MKIMAGE_SIZE + 8);
	memmove(file.data + MKIMAGE_SIZE + 8, file.data + MKIMAGE_SIZE, file.size - MKIMAGE_SIZE);
	file.size += 8;
	test_case = "a rest between sections and table is hashed";
	test_assert(parse(&file, &(struct image){ .detail = NULL }) == 0);
}

static void image_padding(void)
{
	struct bytes file = signed_file;
	size_t end = signed_image.signature_offset + signed_image.signature_size;
	struct image image;

	test_assert(end < file.size); /* or the other cases say nothing */
	for (size_t i = end; i < file.size; i++) {
		file.data[i] = 1;
		expect(&file, "padding that is not zero");
		file.data[i] = 0;
	}
	/* The padding not counted in the entry's length, as pesign has it. */
	put32(file.data + MKIMAGE_SIZE, end - MKIMAGE_SIZE);
	test_case = "length without padding";
	test_assert(parse(&file, &image) == 0);
	put32(file.data + MKIMAGE_SIZE, end - MKIMAGE_SIZE - 1);
	test_case = "shorter than the signature";
	test_assert(parse(&file, &image) == BB_KERNEL_SIGNATURE_FORM);
}

/* What mutate makes with libcrypto: the kernel would take all of these. */
static void image_signature_structures(void)
{
	static const struct {
		operation_fn *operation;
		const char *detail;
	} cases[] = {
		{ second_certificate, "more than one certificate entry" },
		{ hide, "bytes behind the signature" },
		{ second_x509, "more than one certificate" },
		{ second_signer, "more than one signer" },
		{ unsigned_attribute, "attributes that nobody signed" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes file = { .size = 0 };
		struct file f = { NULL, 0 };

		resize(&f, signed_file.size);
		memcpy(f.data, signed_file.data, f.size);
		cases[i].operation(&f, 8);
		memcpy(file.data, f.data, f.size);
		file.size = f.size;
		free(f.data);
		expect(&file, cases[i].detail);
	}
}

/* Changes the last byte of the nth place in the signature where these bytes stand. */
static void image_signature_fields(void)
{
	static const struct {
		const char *bytes;
		size_t size, nth;
		const char *detail;
	} cases[] = {
		{ "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 9, 0, "not PKCS#7 SignedData" },
		{ "\x02\x01\x01", 3, 0, "not version 1 with SHA-256 alone" },
		{ "\x65\x03\x04\x02\x01", 5, 0, "not version 1 with SHA-256 alone" },
		{ "\x65\x03\x04\x02\x01", 5, 1,
			"the content is not the SHA-256 digest of a PE image" },
		{ "\x65\x03\x04\x02\x01", 5, 2, "the signer's digest is not SHA-256" },
		{ "\x82\x37\x02\x01\x04", 5, 0,
			"the content is not the SHA-256 digest of a PE image" },
		{ "\x82\x37\x02\x01\x0f", 5, 0,
			"the content is not the SHA-256 digest of a PE image" },
		{ "\x02\x02\x12\x34", 4, 0, "the signer is not the certificate's owner" },
		{ "\x02\x02\x12\x34", 4, 1, "the signer is not the certificate's owner" },
		{ "Nobody", 6, 0, "the signer is not the certificate's owner" },
		{ "Nobody", 6, 2, "the signer is not the certificate's owner" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes file = signed_file;
		uint8_t *at = file.data + signed_image.signature_offset,
			*end = file.data + file.size;

		for (size_t n = 0; at && n <= cases[i].nth; n++) {
			at = memmem(at, (size_t)(end - at), cases[i].bytes, cases[i].size);
			if (at)
				at += cases[i].size;
		}
		test_case = cases[i].detail;
		test_assert(at != NULL);
		at[-1] ^= 0x10;
		expect(&file, cases[i].detail);
		if (test_failed)
			return;
	}
}

static bool same_reading(const struct image *a, const struct image *b)
{
	return a->checksum_offset == b->checksum_offset &&
	       a->directory_offset == b->directory_offset && a->table_offset == b->table_offset &&
	       a->signature_offset == b->signature_offset && a->signature_size == b->signature_size;
}

/*
 * Every bit of the headers and of the certificate table changed. If the file still passes, then it
 * is read in the same way, so that the digest (which is then another one, unless the bit is in a
 * hole) covers the same bytes; and the digest and the signer are the old ones unless the bit is in
 * them.
 */
static void image_every_bit(void)
{
	struct bytes file = signed_file;
	unsigned int passed = 0, refused = 0;

	for (size_t bit = 0; bit < file.size * 8; bit++) {
		size_t at = bit / 8;
		struct image image;
		int r;

		if (at == MKIMAGE_TEXT)
			bit = MKIMAGE_SIZE * 8, at = MKIMAGE_SIZE;
		file.data[at] ^= (uint8_t)(1u << bit % 8);
		r = parse(&file, &image);
		file.data[at] ^= (uint8_t)(1u << bit % 8);
		test_assert(r >= 0 && (r == 0) == (image.detail == NULL));
		if (r == 0) {
			passed++;
			test_assert(same_reading(&image, &signed_image));
			if (at < MKIMAGE_SIZE)
				test_assert(!memcmp(&image.signature, &signed_image.signature,
					sizeof(image.signature)));
		} else {
			refused++;
		}
		if (at >= MKIMAGE_CERTIFICATES && at < MKIMAGE_CERTIFICATES + 8)
			test_assert(r != 0);
	}
	test_assert(passed > 1000 && refused > 1000);
}

// Offsets in a PE file have 32 bits, and half of them are enough. Not a byte of it is there to be read.
static void image_too_large_to_look_at(void)
{
	static const uint8_t nothing[1];
	struct image image;

	test_assert(image_parse(nothing + 1, ((size_t)2 << 30) + 1, &image) == BB_KERNEL_NOT_IMAGE);
	test_assert(!strcmp(image.detail, "more than 2 GiB"));
}

int main(int argc, char **argv)
{
	char scratch[] = "/tmp/test_image.XXXXXX";

	sign(argc > 1 ? argv[1] : mkdtemp(scratch));
	test_run(image_signed);
	test_run(image_unsigned);
	test_run(image_every_size);
	test_run(image_header_fields);
	test_run(image_second_entry);
	test_run(image_hidden_bytes);
	test_run(image_padding);
	test_run(image_signature_structures);
	test_run(image_signature_fields);
	test_run(image_every_bit);
	test_run(image_too_large_to_look_at);
	if (argc < 2) {
		static const char *const files[] = { "Image", "Image.signed", "key.pem", "cert.pem",
			"log" };

		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			unlink(files[i]);
		rmdir(scratch);
	}
	return test_result();
}
