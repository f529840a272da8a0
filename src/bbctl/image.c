// SPDX-License-Identifier: Apache-2.0
// bbctl image: a kernel file as init unpacks and checks it, and its signature as the kernel does.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "image.h"
#include "inflate.h"
#include "json.h"
#include "signature.h"

const char image_help[] =
	"usage: bbctl image FILE [--cert PEM] [--json]\n"
	"\n"
	"Checks a kernel, Image or Image.gz, as the bootloader does: unpacks it within its bound,\n"
	"checks the headers and the form of the signature, and compares the digest in the signature\n"
	"with the file.\n"
	"\n"
	"  --cert PEM   verify the signature with this certificate, which must be the signer's own;\n"
	"               without it nothing is said about who signed\n";

static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

struct kernel {
	uint8_t *file, *data; // data is the file itself when that is not packed
	size_t file_size, size;
	struct image image;
	bool verified;
};

struct once {
	const uint8_t *data;
	size_t size;
};

static int next_piece(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	struct once *once = context;

	*ret_data = once->data;
	*ret_size = once->size;
	once->size = 0;
	return 0;
}

static void unpack(struct kernel *k, struct verdict *verdict)
{
	struct once once = { k->file, k->file_size };
	const struct inflate_source source = { next_piece, &once };
	struct inflate_result result = { 0, NULL };
	int error;

	k->data = malloc(IMAGE_SIZE_MAX);
	if (!k->data) {
		refuse(verdict, BB_SYSTEM, "no memory to unpack it");
		return;
	}
	error = inflate_gzip(&source, k->data, IMAGE_SIZE_MAX, &result);
	k->size = result.size;
	if (error)
		refuse(verdict, error, "%s", result.detail ? result.detail : "");
}

static void load(struct kernel *k, struct verdict *verdict)
{
	k->data = k->file;
	k->size = k->file_size;
	if (k->size >= sizeof(gzip_magic) && !memcmp(k->file, gzip_magic, sizeof(gzip_magic)))
		unpack(k, verdict);
	else if (k->size >= IMAGE_SIZE_MAX)
		refuse(verdict, BB_KERNEL_TOO_BIG, "%u bytes or more", IMAGE_SIZE_MAX);
}

static void check(struct kernel *k, const char *certificate, struct verdict *verdict)
{
	int error = image_parse(k->data, k->size, &k->image);
	const char *wrong;

	if (error) {
		refuse(verdict, error, "%s", k->image.detail);
		return;
	}
	if (!signature_digest_matches(k->data, k->size, &k->image)) {
		refuse(verdict, BB_KERNEL_REFUSED, "the file is not the one that was signed: "
			"its digest is not the one in the signature");
		return;
	}
	if (!certificate)
		return;
	wrong = signature_verify(k->data, &k->image, certificate);
	k->verified = !wrong;
	if (wrong)
		refuse(verdict, BB_KERNEL_REFUSED, "%s (%s)", wrong, certificate);
}

static void print_kernel(const struct kernel *k, const char *certificate, struct text *json)
{
	const struct image *image = &k->image;
	char digest[2 * AUTHENTICODE_DIGEST_SIZE + 1], serial[2 * AUTHENTICODE_SERIAL_MAX + 1];
	struct text text = TEXT_IN(digest), number = TEXT_IN(serial);

	text_add_hex(&text, image->signature.digest, sizeof(image->signature.digest));
	text_add_hex(&number, image->signature.serial, image->signature.serial_size);
	if (json->data) {
		json_number(json, "memory", image->image_size);
		json_number(json, "version", image->security_version);
		json_string(json, "sha256", digest);
		json_string(json, "signer", image->signature.signer);
		json_string(json, "serial", serial);
		json_bool(json, "verified", k->verified);
		return;
	}
	printf("memory   %llu bytes\n", (unsigned long long)image->image_size);
	printf("version  %u\n", image->security_version);
	printf("sha256   %s\n", digest);
	printf("signer   %s, serial number %s (%s)\n", image->signature.signer, serial,
		k->verified ? "verified" : certificate ? "NOT VERIFIED" :
		"as the file claims; --cert verifies it");
}

static void print_size(const struct kernel *k, struct text *json)
{
	if (json->data) {
		json_bool(json, "packed", k->data != k->file);
		json_number(json, "file_size", k->file_size);
		json_number(json, "size", k->size);
		return;
	}
	printf("size     %zu bytes", k->size);
	printf(k->data != k->file ? ", packed %zu\n" : "\n", k->file_size);
}

static int look_at(struct kernel *k, const char *certificate, struct verdict *verdict,
	struct text *json)
{
	load(k, verdict);
	if (!verdict->error)
		check(k, certificate, verdict);
	print_size(k, json);
	if (k->image.signature.certificate_size)
		print_kernel(k, certificate, json);
	if (k->data != k->file)
		free(k->data);
	return answer(verdict, json);
}

int image_main(int argc, char **argv)
{
	const char *certificate = NULL;
	bool as_json = false;
	const struct command_option options[] = {
		{ "--json", &as_json, NULL }, { "--cert", NULL, &certificate }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;
	struct verdict verdict = { .file = argv[1] };
	struct text json = { .data = NULL };
	struct kernel kernel = { .file = NULL };

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (certificate && !signature_certificate_is_good(certificate))
		return fail_file(certificate, "no certificate in PEM form");
	kernel.file = read_whole(argv[1], IMAGE_SIZE_MAX, &kernel.file_size);
	if (!kernel.file)
		return STATUS_USAGE;
	if (as_json)
		json_answer(&json, argv[1]);
	status = look_at(&kernel, certificate, &verdict, &json);
	free(kernel.file);
	return status;
}
