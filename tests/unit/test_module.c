// SPDX-License-Identifier: Apache-2.0
// Signatures of modules: every bit counts. That they are sign-file's is for
// tests/sign/test_module.sh.

#include "module.h"

#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define ELF_SIZE 100

static const uint8_t elf[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 183,
	0 };
static EVP_PKEY *key;
static X509 *certificate;

static X509 *certify(EVP_PKEY *of, const char *name)
{
	X509 *made = X509_new();
	X509_NAME *subject = X509_get_subject_name(made);

	ASN1_INTEGER_set(X509_get_serialNumber(made), 0x123456);
	X509_gmtime_adj(X509_getm_notBefore(made), 0);
	X509_gmtime_adj(X509_getm_notAfter(made), 1);
	X509_NAME_add_entry_by_txt(
		subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(made, subject);
	X509_set_pubkey(made, of);
	X509_sign(made, of, EVP_sha256());
	return made;
}

// What is signed, in memory of exactly its size, for free() to take; NULL when signing fails.
static uint8_t *sign(
	const uint8_t module[static ELF_SIZE], enum signed_data_form form, size_t *ret_size)
{
	struct signed_data s = { .form = form, .certificate = certificate };
	uint8_t buffer[SIGNED_DATA_MAX], *file;
	const uint8_t *start = NULL;
	size_t size;

	if (form == SIGNED_DATA_MODULE)
		SHA256(module, ELF_SIZE, s.digest);
	else
		SHA512(module, ELF_SIZE, s.digest);
	if (signed_data_sign(&s, key))
		return NULL;
	size = signed_data_write(&s, buffer, &start);
	file = malloc(ELF_SIZE + size + MODULE_TRAILER_SIZE);
	if (!file || !size)
		abort();
	memcpy(file, module, ELF_SIZE);
	memcpy(file + ELF_SIZE, start, size);
	module_trailer(size, file + ELF_SIZE + size);
	*ret_size = ELF_SIZE + size + MODULE_TRAILER_SIZE;
	return file;
}

static uint8_t *make(enum signed_data_form form, size_t *ret_size)
{
	uint8_t module[ELF_SIZE] = { 0 };

	memcpy(module, elf, sizeof(elf));
	return sign(module, form, ret_size);
}

static void flip_every_bit(enum signed_data_form form)
{
	size_t size = 0;
	uint8_t *file = make(form, &size);

	test_assert(file && !module_verify(file, size, certificate));
	for (size_t bit = 0; bit < 8 * size; bit++) {
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
		test_assert(module_verify(file, size, certificate));
		file[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	test_assert(!module_verify(file, size, certificate));
	printf("# %zu bits flipped\n", 8 * size);
	free(file);
}

static void module_every_bit(void)
{
	flip_every_bit(SIGNED_DATA_MODULE);
}

static void module_every_bit_sha512(void)
{
	flip_every_bit(SIGNED_DATA_MODULE_SHA512);
}

// Cut at either end, in memory of exactly that size.
static void module_every_size(void)
{
	size_t size = 0;
	uint8_t *file = make(SIGNED_DATA_MODULE, &size);

	test_assert(file);
	for (size_t left = 0; left < size; left++) {
		uint8_t *head = malloc(left + !left), *tail = malloc(left + !left);

		test_assert(head && tail);
		memcpy(head, file, left);
		memcpy(tail, file + size - left, left);
		test_assert(module_verify(head, left, certificate) &&
			    module_verify(tail, left, certificate));
		test_assert(!module_is_signed(head, left));
		test_assert(
			module_is_elf(head, left) == (left >= 64) && !module_is_elf(tail, left));
		free(head);
		free(tail);
	}
	free(file);
}

// The size that the trailer states, with every value that is wrong and most that reach out of the
// file.
static void module_lying_size(void)
{
	size_t size = 0;
	uint8_t *file = make(SIGNED_DATA_MODULE, &size);
	size_t good = size - ELF_SIZE - MODULE_TRAILER_SIZE;

	test_assert(file);
	for (uint64_t length = 0; length <= UINT32_MAX; length += length < 4096 ? 1 : 999983) {
		module_trailer((size_t)length, file + size - MODULE_TRAILER_SIZE);
		test_assert(!module_verify(file, size, certificate) == (length == good));
	}
	free(file);
}

// Good signatures of what is no module: another kind of ELF file, another machine, no ELF file at
// all.
static void module_of_another_kind(void)
{
	static const struct {
		size_t at;
		uint8_t value;
	} changes[] = { { 0, 0 }, { 4, 1 }, { 5, 2 }, { 16, 2 }, { 17, 1 }, { 18, 62 } };

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t module[ELF_SIZE] = { 0 }, *file;
		size_t size = 0;

		memcpy(module, elf, sizeof(elf));
		module[changes[i].at] = changes[i].value;
		file = sign(module, SIGNED_DATA_MODULE, &size);
		test_assert(file && module_verify(file, size, certificate));
		free(file);
	}
}

// The same name and serial number, another key; and the same key under another name.
static void module_other_signer(void)
{
	EVP_PKEY *other_key = EVP_RSA_gen(2048);
	X509 *same_name = certify(other_key, "module"), *same_key = certify(key, "modules");
	size_t size = 0;
	uint8_t *file = make(SIGNED_DATA_MODULE, &size);

	test_assert(file && !module_verify(file, size, certificate));
	test_assert(module_verify(file, size, same_name) && module_verify(file, size, same_key));
	free(file);
	X509_free(same_name);
	X509_free(same_key);
	EVP_PKEY_free(other_key);
}

int main(void)
{
	key = EVP_RSA_gen(2048);
	certificate = certify(key, "module");
	test_run(module_every_bit);
	test_run(module_every_bit_sha512);
	test_run(module_every_size);
	test_run(module_lying_size);
	test_run(module_of_another_kind);
	test_run(module_other_signer);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return test_result();
}
