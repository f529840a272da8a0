// SPDX-License-Identifier: Apache-2.0
// Kernel files; see kernel-file.h.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "inflate.h"
#include "json.h"
#include "kernel-file.h"
#include "signature.h"
#include "tool.h"

static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

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

static void unpack(struct kernel_file *k, struct verdict *verdict)
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

bool kernel_file_read(const char *name, struct kernel_file *ret)
{
	*ret = (struct kernel_file){ .file = NULL };
	ret->file = read_whole(name, IMAGE_SIZE_MAX, &ret->file_size);
	ret->data = ret->file;
	ret->size = ret->file_size;
	return ret->file;
}

void kernel_file_unpack(struct kernel_file *k, struct verdict *verdict)
{
	if (k->size >= sizeof(gzip_magic) && !memcmp(k->file, gzip_magic, sizeof(gzip_magic)))
		unpack(k, verdict);
	else if (k->size >= IMAGE_SIZE_MAX)
		refuse(verdict, BB_KERNEL_TOO_BIG, "%u bytes or more", IMAGE_SIZE_MAX);
}

void kernel_file_check(struct kernel_file *k, X509 *certificate, struct verdict *verdict)
{
	int error = image_parse(k->data, k->size, &k->image);
	const char *wrong;

	if (error) {
		refuse(verdict, error, "%s", k->image.detail);
		return;
	}
	if (!signature_digest_matches(k->data, k->size, &k->image)) {
		refuse(verdict, BB_KERNEL_REFUSED,
			"the file is not the one that was signed: "
			"its digest is not the one in the signature");
		return;
	}
	if (!certificate)
		return;
	wrong = signature_verify(k->data, &k->image, certificate);
	k->verified = !wrong;
	if (wrong)
		refuse(verdict, BB_KERNEL_REFUSED, "%s", wrong);
}

static void print_size(const struct kernel_file *k, struct text *json)
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

void kernel_file_print(const struct kernel_file *k, bool asked, struct text *json)
{
	const struct image *image = &k->image;
	char digest[2 * AUTHENTICODE_DIGEST_SIZE + 1], serial[2 * AUTHENTICODE_SERIAL_MAX + 1];
	struct text text = TEXT_IN(digest), number = TEXT_IN(serial);

	print_size(k, json);
	if (!image->signature.certificate_size)
		return;
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
		k->verified ? "verified"
		: asked     ? "NOT VERIFIED"
			    : "as the file claims; --cert verifies it");
}

void kernel_file_close(struct kernel_file *k)
{
	if (k->data != k->file)
		free(k->data);
	free(k->file);
}
