// SPDX-License-Identifier: Apache-2.0
// SRK tables and their fuses; see srk.h.

#include "srk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "bytes.h"

/* NXP, HABv4 API Reference Manual, "Data structures": SRK table, public key; big-endian. */
#define TAG_TABLE 0xd7
#define TAG_KEY 0xe1
#define VERSION 0x40
#define ALGORITHM_PKCS1 0x21
#define FLAG_CA 0x80
#define HEADER_SIZE 4u
#define RECORD_HEADER_SIZE 12u
#define MODULUS_MAX 512u

static const uint8_t exponent_65537[] = { 0x01, 0x00, 0x01 };

static void put_be16(uint8_t p[static 2], size_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static size_t get_be16(const uint8_t p[static 2])
{
	return (size_t)(p[0] << 8 | p[1]);
}

// The modulus of an RSA key with the exponent 65537. Returns its size, or 0.
static size_t read_modulus(const X509 *certificate, uint8_t ret[static MODULUS_MAX])
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	BIGNUM *n = NULL, *e = NULL;
	int size = 0;

	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
		BN_is_word(e, RSA_F4) && BN_num_bytes(n) <= (int)MODULUS_MAX)
		size = BN_bn2bin(n, ret);
	BN_free(n);
	BN_free(e);
	return (size_t)size;
}

// Writes one record. Returns its size, or 0.
static size_t write_record(X509 *certificate, uint8_t buffer[static SRK_RECORD_MAX])
{
	size_t modulus = read_modulus(certificate, buffer + RECORD_HEADER_SIZE);
	size_t size = RECORD_HEADER_SIZE + modulus + sizeof(exponent_65537);

	if (!modulus)
		return 0;
	memset(buffer, 0, RECORD_HEADER_SIZE);
	buffer[0] = TAG_KEY;
	put_be16(buffer + 1, size);
	buffer[3] = ALGORITHM_PKCS1;
	buffer[7] = X509_check_ca(certificate) ? FLAG_CA : 0;
	put_be16(buffer + 8, modulus);
	put_be16(buffer + 10, sizeof(exponent_65537));
	memcpy(buffer + RECORD_HEADER_SIZE + modulus, exponent_65537, sizeof(exponent_65537));
	return size;
}

size_t srk_table_write(X509 *const certificates[4], uint8_t buffer[static SRK_TABLE_MAX])
{
	size_t at = HEADER_SIZE;

	for (int i = 0; i < 4; i++) {
		size_t size = write_record(certificates[i], buffer + at);

		if (!size)
			return 0;
		at += size;
	}
	buffer[0] = TAG_TABLE;
	put_be16(buffer + 1, at);
	buffer[3] = VERSION;
	return at;
}

static const char *parse_record(const uint8_t *data, size_t size, struct srk_record *ret)
{
	static const uint8_t reserved[3];

	if (size < RECORD_HEADER_SIZE)
		return "it ends within a key";
	if (data[0] != TAG_KEY || data[3] != ALGORITHM_PKCS1)
		return "a key is not an RSA key for PKCS#1";
	ret->data = data;
	ret->size = get_be16(data + 1);
	ret->is_ca = data[7] == FLAG_CA;
	ret->modulus_size = get_be16(data + 8);
	ret->exponent_size = get_be16(data + 10);
	if (!range_within(0, ret->size, size))
		return "it ends within a key";
	if (memcmp(data + 4, reserved, sizeof(reserved)) || (data[7] && !ret->is_ca))
		return "a key has flags that mean nothing";
	if (ret->modulus_size != 256 && ret->modulus_size != 384 &&
		ret->modulus_size != MODULUS_MAX)
		return "a key has a size other than 2048, 3072 or 4096 bits";
	if (ret->exponent_size != sizeof(exponent_65537) ||
		ret->size != RECORD_HEADER_SIZE + ret->modulus_size + ret->exponent_size)
		return "a key has an exponent other than 65537, or its lengths disagree";
	ret->modulus = data + RECORD_HEADER_SIZE;
	ret->exponent = ret->modulus + ret->modulus_size;
	if (memcmp(ret->exponent, exponent_65537, sizeof(exponent_65537)))
		return "a key has an exponent other than 65537";
	// The first bit makes it as long as it claims; a product of odd primes has the last one.
	if (!(ret->modulus[0] & 0x80) || !(ret->modulus[ret->modulus_size - 1] & 1))
		return "a key's modulus is none of RSA";
	return NULL;
}

const char *srk_table_parse(const uint8_t *data, size_t size, struct srk_table *ret)
{
	struct srk_table table;
	size_t at = HEADER_SIZE;

	if (size < HEADER_SIZE || data[0] != TAG_TABLE || data[3] != VERSION)
		return "it does not begin as an SRK table does";
	if (get_be16(data + 1) != size)
		return "it has another length than it says";
	for (int i = 0; i < 4; i++) {
		const char *wrong = parse_record(data + at, size - at, &table.record[i]);

		if (wrong)
			return wrong;
		at += table.record[i].size;
	}
	if (at != size)
		return "more than four keys, or something behind them";
	*ret = table;
	return NULL;
}

const char *srk_table_fault(const struct srk_table *table)
{
	const struct srk_record *first = table->record;

	for (int i = 0; i < 4; i++) {
		const struct srk_record *record = &table->record[i];

		if (!record->is_ca)
			return "a key is not that of a certificate authority: it can sign no keys";
		if (record->modulus_size != first->modulus_size)
			return "the four keys have different sizes";
		for (int j = 0; j < i; j++)
			if (!memcmp(record->modulus, table->record[j].modulus,
				record->modulus_size))
				return "two of the four keys are the same: it could not be revoked";
	}
	return NULL;
}

void srk_fuses(const struct srk_table *table, uint8_t ret[static SRK_FUSES_SIZE])
{
	uint8_t digests[4][SHA256_DIGEST_LENGTH];

	for (int i = 0; i < 4; i++)
		SHA256(table->record[i].data, table->record[i].size, digests[i]);
	SHA256(digests[0], sizeof(digests), ret);
}
