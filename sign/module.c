// SPDX-License-Identifier: Apache-2.0
// Signatures of kernel modules; see module.h.

#include "module.h"

#include <openssl/sha.h>
#include <string.h>

#include "bytes.h"

/* ELF64: e_ident up to EI_DATA, e_type, e_machine (elf.h) */
#define ELF_HEADER_SIZE 64
#define ELF_TYPE 16
#define ELF_MACHINE 18
#define ELF_RELOCATABLE 1
#define ELF_AARCH64 183
static const uint8_t elf64_little_endian[] = { 0x7f, 'E', 'L', 'F', 2, 1 };

static const char magic[] = "~Module signature appended~\n";
#define MAGIC_SIZE (sizeof(magic) - 1)
/* struct module_signature: algorithm, hash, kind of identifier, two lengths, padding */
#define INFO_SIZE (MODULE_TRAILER_SIZE - MAGIC_SIZE)
#define INFO_KIND 2
#define INFO_KIND_PKCS7 2

bool module_is_elf(const uint8_t *data, size_t size)
{
	return size >= ELF_HEADER_SIZE &&
	       !memcmp(data, elf64_little_endian, sizeof(elf64_little_endian)) &&
	       get_le16(data + ELF_TYPE) == ELF_RELOCATABLE &&
	       get_le16(data + ELF_MACHINE) == ELF_AARCH64;
}

bool module_is_signed(const uint8_t *data, size_t size)
{
	return size >= MAGIC_SIZE && !memcmp(data + size - MAGIC_SIZE, magic, MAGIC_SIZE);
}

void module_trailer(size_t signed_data_size, uint8_t ret[static MODULE_TRAILER_SIZE])
{
	memset(ret, 0, INFO_SIZE);
	ret[INFO_KIND] = INFO_KIND_PKCS7;
	for (int i = 0; i < 4; i++)
		ret[MODULE_SIGNATURE_SIZE + i] = (uint8_t)(signed_data_size >> (24 - 8 * i));
	memcpy(ret + INFO_SIZE, magic, MAGIC_SIZE);
}

/*
 * The structure is written again around its signature, which is its end, and compared: there is one
 * form, and nothing in it that is not looked at.
 */
static bool read_signed_data(const uint8_t *der, size_t size, struct signed_data *s)
{
	EVP_PKEY *key = X509_get0_pubkey(s->certificate);
	int signature_size = key ? EVP_PKEY_get_size(key) : 0;
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;

	if (signature_size <= 0 || signature_size > SIGNED_DATA_SIGNATURE_MAX ||
		size < (size_t)signature_size)
		return false;
	s->signature_size = (size_t)signature_size;
	memcpy(s->signature, der + size - s->signature_size, s->signature_size);
	return signed_data_write(s, buffer, &start) == size && !memcmp(start, der, size);
}

const char *module_verify(const uint8_t *data, size_t size, const X509 *certificate)
{
	struct signed_data s = { .form = SIGNED_DATA_MODULE, .certificate = certificate };
	uint8_t expected[MODULE_TRAILER_SIZE];
	const uint8_t *trailer;
	size_t rest, length = 0;

	if (!module_is_signed(data, size))
		return "it is not signed";
	if (size < MODULE_TRAILER_SIZE)
		return "its end is no signature's";
	rest = size - MODULE_TRAILER_SIZE;
	trailer = data + rest;
	for (int i = 0; i < 4; i++)
		length = length << 8 | trailer[MODULE_SIGNATURE_SIZE + i];
	module_trailer(length, expected);
	if (length > rest || memcmp(trailer, expected, sizeof(expected)))
		return "its end is no signature's";
	if (!module_is_elf(data, rest - length))
		return "it is no module for arm64";
	SHA256(data, rest - length, s.digest);
	if (!read_signed_data(trailer - length, length, &s)) {
		s.form = SIGNED_DATA_MODULE_SHA512;
		SHA512(data, rest - length, s.digest);
		if (!read_signed_data(trailer - length, length, &s))
			return "the signature names another signer, or is none as sign-file makes "
			       "it with sha256 or sha512";
	}
	return signed_data_verify(&s) ? NULL :
		"the module is not the one that was signed, or another key signed it";
}
