// SPDX-License-Identifier: Apache-2.0
// The Image parser on files that sbsign signed, on each way in which they can be wrong, and on every
// single byte of them changed. Usage: test_image [DIRECTORY]; the signed files are left in DIRECTORY.

#include "image.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	if (system("{ openssl req -new -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 9 "
		   "-set_serial 0x1234 -subj '/O=Nobody/CN=tests \"\\\\ key' && "
		   "sbsign --key key.pem --cert cert.pem --output Image.signed Image; } >log 2>&1") != 0) {
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

	memcpy(copy, file->data, file->size);
	r = image_parse(copy, file->size, ret);
	ret->signature.certificate = NULL;
	free(copy);
	return r;
}

static void put32(struct bytes *file, size_t at, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		file->data[at + i] = (uint8_t)(value >> 8 * i);
}

/* The digest as image.h describes it. */
static void digest_of(const struct bytes *file, const struct image *image, uint8_t digest[32])
{
	struct bytes hashed = { .size = 0 };
	size_t from = 0;
	const size_t holes[][2] = {
		{ image->checksum_offset, 4 }, { image->directory_offset, 8 }, { image->table_offset, 0 },
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
	test_assert(image.detail != NULL && image.image_size == 0);
}

static void image_every_size(void)
{
	struct bytes file = signed_file;
	struct image image;

	for (file.size = 0; file.size < signed_file.size; file.size++) {
		int r = parse(&file, &image);

		test_assert(r == (file.size < MKIMAGE_SIZE ? BB_KERNEL_NOT_IMAGE : BB_KERNEL_SIGNATURE_FORM));
		test_assert(image.detail != NULL);
	}
	for (file.size++; file.size < signed_file.size + 100; file.size++)
		test_assert(parse(&file, &image) == BB_KERNEL_SIGNATURE_FORM);
}

/* One field changed: to a value of 2 or 4 bytes. */
static void image_header_fields(void)
{
	static const struct {
		const char *detail;
		size_t at, bytes;
		uint32_t value;
		int error;
	} cases[] = {
		{ "no arm64 Image header", 56, 4, 0x644d5240, BB_KERNEL_NOT_IMAGE },
		{ "big-endian", 24, 2, 0x0b, BB_KERNEL_NOT_IMAGE },
		{ "text_offset is 2 MiB or more", 8, 4, 0x200000, BB_KERNEL_NOT_IMAGE },
		{ "text_offset is 2 MiB or more", 14, 2, 0x8000, BB_KERNEL_NOT_IMAGE },
		{ "no image_size, or more than 2 GiB", 16, 4, 0, BB_KERNEL_NOT_IMAGE },
		{ "no image_size, or more than 2 GiB", 20, 4, 1, BB_KERNEL_NOT_IMAGE },
		{ "image_size is less than the file", 16, 4, MKIMAGE_SIZE, BB_KERNEL_NOT_IMAGE },
		{ "no MZ header: a kernel without CONFIG_EFI cannot be signed", 0, 4, 0xd503201f,
			BB_KERNEL_NOT_IMAGE },
		{ "PE header outside the file", 60, 4, 60, BB_KERNEL_NOT_IMAGE },
		{ "PE header outside the file", 60, 4, MKIMAGE_SIZE * 2, BB_KERNEL_NOT_IMAGE },
		{ "PE header outside the file", 60, 4, UINT32_MAX, BB_KERNEL_NOT_IMAGE },
		{ "no PE32+ header", MKIMAGE_PE, 2, 0x454e, BB_KERNEL_NOT_IMAGE },
		{ "no PE32+ header", MKIMAGE_OPTIONAL, 2, 0x10b, BB_KERNEL_NOT_IMAGE },
		{ "PE header of another machine", MKIMAGE_PE + 4, 2, 0x8664, BB_KERNEL_NOT_IMAGE },
		{ "too few or too many data directories", MKIMAGE_OPTIONAL + 108, 4, 4, BB_KERNEL_NOT_IMAGE },
		{ "too few or too many data directories", MKIMAGE_OPTIONAL + 108, 4, 17, BB_KERNEL_NOT_IMAGE },
		{ "optional header with another size than its data directories give", MKIMAGE_OPTIONAL + 108,
			4, 5, BB_KERNEL_NOT_IMAGE },
		{ "optional header with another size than its data directories give", MKIMAGE_PE + 20, 2,
			112 + 7 * 8, BB_KERNEL_NOT_IMAGE },
		{ "no sections, or too many", MKIMAGE_PE + 6, 2, 0, BB_KERNEL_NOT_IMAGE },
		{ "no sections, or too many", MKIMAGE_PE + 6, 2, 97, BB_KERNEL_NOT_IMAGE },
		{ "headers larger than they say", MKIMAGE_PE + 6, 2, 96, BB_KERNEL_NOT_IMAGE },
		{ "headers larger than they say", MKIMAGE_OPTIONAL + 60, 4, MKIMAGE_SECTIONS + 79,
			BB_KERNEL_NOT_IMAGE },
		{ "headers larger than they say", MKIMAGE_OPTIONAL + 60, 4, UINT32_MAX, BB_KERNEL_NOT_IMAGE },
		{ "sections that do not follow each other", MKIMAGE_OPTIONAL + 60, 4, MKIMAGE_TEXT - 8,
			BB_KERNEL_NOT_IMAGE },
		{ "sections that do not follow each other", MKIMAGE_SECTIONS + 20, 4, MKIMAGE_TEXT + 8,
			BB_KERNEL_NOT_IMAGE },
		{ "sections that do not follow each other", MKIMAGE_SECTIONS + 16, 4, 0x3f8,
			BB_KERNEL_NOT_IMAGE },
		{ "sections that do not follow each other", MKIMAGE_SECTIONS + 40 + 20, 4, MKIMAGE_TEXT,
			BB_KERNEL_NOT_IMAGE },
		{ "section beyond the end of the file", MKIMAGE_SECTIONS + 40 + 16, 4, 0x10000,
			BB_KERNEL_NOT_IMAGE },
		{ "section beyond the end of the file", MKIMAGE_SECTIONS + 16, 4, UINT32_MAX,
			BB_KERNEL_NOT_IMAGE },
		{ "no certificate table", MKIMAGE_CERTIFICATES, 4, 0, BB_KERNEL_UNSIGNED },
		{ "no certificate table", MKIMAGE_CERTIFICATES + 4, 4, 0, BB_KERNEL_UNSIGNED },
		{ "certificate table not aligned to 8 bytes", MKIMAGE_CERTIFICATES, 4, MKIMAGE_SIZE + 4,
			BB_KERNEL_SIGNATURE_FORM },
		{ "certificate table within the headers or the sections", MKIMAGE_CERTIFICATES, 4,
			MKIMAGE_SIZE - 8, BB_KERNEL_SIGNATURE_FORM },
		{ "certificate table within the headers or the sections", MKIMAGE_CERTIFICATES, 4, 64,
			BB_KERNEL_SIGNATURE_FORM },
		{ "certificate table beyond the end of the file", MKIMAGE_CERTIFICATES, 4, MKIMAGE_SIZE + 8,
			BB_KERNEL_SIGNATURE_FORM },
		{ "certificate table beyond the end of the file", MKIMAGE_CERTIFICATES + 4, 4, 0xfffffff8,
			BB_KERNEL_SIGNATURE_FORM },
		{ "bytes behind the certificate table", MKIMAGE_CERTIFICATES + 4, 4, 8,
			BB_KERNEL_SIGNATURE_FORM },
		{ "certificate entry too small or too large", MKIMAGE_SIZE, 4, 8, BB_KERNEL_SIGNATURE_FORM },
		{ "certificate entry too small or too large", MKIMAGE_SIZE, 4, 0x10000,
			BB_KERNEL_SIGNATURE_FORM },
		{ "more than one certificate entry", MKIMAGE_SIZE, 4, 1000, BB_KERNEL_SIGNATURE_FORM },
		{ "certificate entry of another kind than PKCS#7", MKIMAGE_SIZE + 4, 2, 0x0100,
			BB_KERNEL_SIGNATURE_FORM },
		{ "certificate entry of another kind than PKCS#7", MKIMAGE_SIZE + 6, 2, 1,
			BB_KERNEL_SIGNATURE_FORM },
		{ "no DER structure in the certificate entry", MKIMAGE_SIZE + 8, 2, 0x8030,
			BB_KERNEL_SIGNATURE_FORM },
		{ "no DER structure in the certificate entry", MKIMAGE_SIZE + 8, 4, 0xffff8230,
			BB_KERNEL_SIGNATURE_FORM },
		{ "bytes behind the signature", MKIMAGE_SIZE + 8, 4, 0x01018230, BB_KERNEL_SIGNATURE_FORM },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes file = signed_file;
		struct image image;

		test_case = cases[i].detail;
		for (size_t b = 0; b < cases[i].bytes; b++)
			file.data[cases[i].at + b] = (uint8_t)(cases[i].value >> 8 * b);
		test_assert(parse(&file, &image) == cases[i].error);
		if (strcmp(image.detail, cases[i].detail) != 0)
			printf("# %s\n", image.detail);
		test_assert(strcmp(image.detail, cases[i].detail) == 0);
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
	put32(&file, MKIMAGE_CERTIFICATES + 4, 2 * size);
	expect(&file, "more than one certificate entry");
	put32(&file, MKIMAGE_SIZE, 2 * size);
	expect(&file, "bytes behind the signature");
}

/* The table at its place and the same number of unhashed bytes behind it: the kernel would take it. */
static void image_hidden_bytes(void)
{
	struct bytes file = signed_file;

	memset(file.data + file.size, 'x', 8);
	file.size += 8;
	expect(&file, "bytes behind the certificate table");
	put32(&file, MKIMAGE_CERTIFICATES + 4, file.size - MKIMAGE_SIZE);
	expect(&file, "more than one certificate entry");
	put32(&file, MKIMAGE_SIZE, file.size - MKIMAGE_SIZE);
	expect(&file, "bytes behind the signature");

	file = signed_file;
	put32(&file, MKIMAGE_CERTIFICATES, MKIMAGE_SIZE + 8);
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
	put32(&file, MKIMAGE_SIZE, end - MKIMAGE_SIZE);
	test_case = "length without padding";
	test_assert(parse(&file, &image) == 0);
	put32(&file, MKIMAGE_SIZE, end - MKIMAGE_SIZE - 1);
	test_case = "shorter than the signature";
	test_assert(parse(&file, &image) == BB_KERNEL_SIGNATURE_FORM);
}

static bool same_reading(const struct image *a, const struct image *b)
{
	return a->checksum_offset == b->checksum_offset && a->directory_offset == b->directory_offset &&
	       a->table_offset == b->table_offset && a->signature_offset == b->signature_offset &&
	       a->signature_size == b->signature_size;
}

/*
 * Every bit of the headers and of the certificate table changed. If the file still passes, then it is
 * read in the same way, so that the digest (which is then another one, unless the bit is in a hole)
 * covers the same bytes; and the digest and the signer are the old ones unless the bit is in them.
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
	test_run(image_every_bit);
	if (argc < 2) {
		static const char *const files[] = { "Image", "Image.signed", "key.pem", "cert.pem", "log" };

		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			unlink(files[i]);
		rmdir(scratch);
	}
	return test_result();
}
