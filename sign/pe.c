// SPDX-License-Identifier: Apache-2.0
// Signatures on Images; see pe.h.

#include "pe.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "error.h"

#define ALIGNMENT 8u

/* WIN_CERTIFICATE: the length, without the padding behind it, revision and type. */
#define TABLE_HEADER_SIZE 8u
#define REVISION_2 0x0200u
#define TYPE_PKCS7 0x0002u

#define CHECKSUM_SIZE 4u

static void pad(struct pe *pe)
{
	size_t padding = -pe->size % ALIGNMENT;

	memset(pe->data + pe->size, 0, padding);
	pe->size += padding;
}

bool pe_strip(struct pe *pe)
{
	struct image image;

	if (image_parse(pe->data, pe->size, &image))
		return false;
	memset(pe->data + image.directory_offset, 0, 8);
	pe->size = image.table_offset;
	return true;
}

const char *pe_prepare(struct pe *pe, uint32_t security_version)
{
	int error = image_parse(pe->data, pe->size, &pe->image);

	if (!error || error == BB_KERNEL_SIGNATURE_FORM)
		return "it is signed already";
	if (error != BB_KERNEL_UNSIGNED)
		return pe->image.detail;
	// Major in the first 16 bits, Minor in those behind.
	put_le32(pe->data + pe->image.version_offset,
		security_version >> 16 | (security_version & 0xffff) << 16);
	pe->image.security_version = security_version;
	pad(pe);
	pe->image.table_offset = (uint32_t)pe->size;
	return NULL;
}

/*
 * The headers' CheckSum: the sum of the file's 16-bit words, carries added, and its size, as sbsign
 * has it.
 */
static uint32_t find_checksum(const struct pe *pe)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < pe->size; i++) {
		if (i < pe->image.checksum_offset || i >= pe->image.checksum_offset + CHECKSUM_SIZE)
			sum += (uint64_t)pe->data[i] << (i % 2 * 8);
	}
	while (sum > UINT16_MAX)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	return (uint32_t)(sum + pe->size);
}

void pe_attach(struct pe *pe, const uint8_t *signature, size_t size)
{
	uint8_t *table = pe->data + pe->image.table_offset;

	put_le32(table, (uint32_t)(TABLE_HEADER_SIZE + size));
	put_le32(table + 4, REVISION_2 | TYPE_PKCS7 << 16);
	memcpy(table + TABLE_HEADER_SIZE, signature, size);
	pe->size = pe->image.table_offset + TABLE_HEADER_SIZE + size;
	pad(pe);
	put_le32(pe->data + pe->image.directory_offset, pe->image.table_offset);
	put_le32(pe->data + pe->image.directory_offset + 4,
		(uint32_t)(pe->size - pe->image.table_offset));
	put_le32(pe->data + pe->image.checksum_offset, find_checksum(pe));
}

static bool has_certificate(const struct image *image, const X509 *certificate)
{
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	bool same = size > 0 && (size_t)size == image->signature.certificate_size &&
		!memcmp(der, image->signature.certificate, (size_t)size);

	OPENSSL_free(der);
	return same;
}

bool pe_is_canonical(const uint8_t *data, size_t size, const struct image *image,
	const X509 *certificate)
{
	uint8_t *copy = malloc(size + PE_GROWTH);
	struct pe pe = { copy, size, *image };
	bool same = false;

	if (copy) {
		memcpy(copy, data, size);
		same = pe_strip(&pe) && !pe_prepare(&pe, image->security_version);
	}
	if (same) {
		pe_attach(&pe, data + image->signature_offset, image->signature_size);
		same = pe.size == size && !memcmp(copy, data, size);
	}
	free(copy);
	return same && has_certificate(image, certificate);
}
