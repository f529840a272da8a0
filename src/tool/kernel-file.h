/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel file, Image or Image.gz, as the bootloader unpacks and checks it. */
#ifndef BB_KERNEL_FILE_H
#define BB_KERNEL_FILE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "image.h"
#include "text.h"
#include "verdict.h"

struct kernel_file {
	uint8_t *file, *data; /* data is the file itself when that is not packed */
	size_t file_size, size;
	struct image image;
	bool verified; /* with a certificate */
};

/*
 * Reads a file, at most IMAGE_SIZE_MAX bytes of it, for kernel_file_close() to take back.
 * Returns false when it cannot be read and that has been said.
 */
bool kernel_file_read(const char *name, struct kernel_file *ret);

/* Unpacks it within its bound. Refused: BB_KERNEL_TOO_BIG, BB_KERNEL_GZIP. */
void kernel_file_unpack(struct kernel_file *k, struct verdict *verdict);

/*
 * Checks the headers, the form of the signature, the digest in it, and with a certificate (or NULL)
 * the signature. Refused: as image_parse() does, and BB_KERNEL_REFUSED.
 */
void kernel_file_check(struct kernel_file *k, X509 *certificate, struct verdict *verdict);

/*
 * Tells a person, or the JSON object if there is one, what is known of it; asked: whether there was
 * a certificate.
 */
void kernel_file_print(const struct kernel_file *k, bool asked, struct text *json);

void kernel_file_close(struct kernel_file *k);

#endif
