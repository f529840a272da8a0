// SPDX-License-Identifier: Apache-2.0
// HAB keys for tests; see mkhab.h. A failure of libcrypto ends the test program.

#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkhab.h"

static void need(bool good)
{
	if (!good)
		abort();
}

static void add_name(X509_NAME *name, const char *common)
{
	need(X509_NAME_add_entry_by_txt(
		     name, "CN", MBSTRING_ASC, (const unsigned char *)common, -1, -1, 0) == 1);
}

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	need(extension && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

struct mkhab_pair mkhab_pair_make(const char *name, EVP_PKEY *key, const struct mkhab_pair *issuer,
	const char *constraints)
{
	static long serial = 0x1000;
	struct mkhab_pair pair = { key, X509_new() };

	need(key && EVP_PKEY_up_ref(key) == 1 && pair.certificate);
	X509_set_version(pair.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(pair.certificate), serial++);
	add_name(X509_get_subject_name(pair.certificate), name);
	need(X509_set_issuer_name(pair.certificate,
		     X509_get_subject_name(issuer ? issuer->certificate : pair.certificate)) == 1);
	X509_gmtime_adj(X509_getm_notBefore(pair.certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(pair.certificate), 86400);
	X509_set_pubkey(pair.certificate, pair.key);
	add_extension(pair.certificate, NID_basic_constraints, constraints);
	add_extension(pair.certificate, NID_subject_key_identifier, "hash");
	need(X509_sign(pair.certificate, issuer ? issuer->key : pair.key, EVP_sha256()) > 0);
	return pair;
}

void mkhab_pair_free(struct mkhab_pair *pair)
{
	EVP_PKEY_free(pair->key);
	X509_free(pair->certificate);
	*pair = (struct mkhab_pair){ NULL, NULL };
}

static size_t put_record(const EVP_PKEY *key, uint8_t *to)
{
	BIGNUM *modulus = NULL;
	size_t bytes = (size_t)EVP_PKEY_get_size(key), size = 12 + bytes + 3;

	need(EVP_PKEY_get_bn_param(key, "n", &modulus) == 1);
	mkhab_word(to, 0xe1000021u | (uint32_t)size << 8);
	mkhab_word(to + 4, 0x80);
	mkhab_word(to + 8, (uint32_t)bytes << 16 | 3);
	BN_bn2binpad(modulus, to + 12, (int)bytes);
	memcpy(to + 12 + bytes, (const uint8_t[]){ 1, 0, 1 }, 3);
	BN_free(modulus);
	return size;
}

static void make_table(struct mkhab_keys *keys)
{
	uint8_t hashes[4 * SHA256_DIGEST_LENGTH];
	size_t at = 4;

	for (size_t i = 0; i < 4; i++) {
		size_t size = put_record(keys->srk[i].key, keys->table + at);

		SHA256(keys->table + at, size, hashes + i * SHA256_DIGEST_LENGTH);
		at += size;
	}
	mkhab_word(keys->table, 0xd7000040u | (uint32_t)at << 8);
	keys->table_size = at;
	SHA256(hashes, sizeof(hashes), keys->fuses);
}

static struct mkhab_pair make_pair(const char *head, int number, int bits,
	const struct mkhab_pair *issuer)
{
	EVP_PKEY *key = EVP_RSA_gen((unsigned int)bits);
	struct mkhab_pair pair;
	char name[32];

	snprintf(name, sizeof(name), "%s%d_1_test", head, number);
	pair = mkhab_pair_make(name, key, issuer, issuer ? "CA:FALSE" : "critical,CA:TRUE");
	EVP_PKEY_free(key);
	return pair;
}

void mkhab_keys_make(struct mkhab_keys *keys, int bits, unsigned int slots)
{
	const struct mkhab_pair *first = NULL;

	*keys = (struct mkhab_keys){ .table_size = 0 };
	for (int i = 0; i < 4; i++) {
		if (first && !(slots >> i & 1)) {
			keys->srk[i] = mkhab_pair_make("SRK", first->key, NULL, "critical,CA:TRUE");
			continue;
		}
		keys->srk[i] = make_pair("SRK", i + 1, bits, NULL);
		first = first ? first : &keys->srk[i];
		if (slots >> i & 1) {
			keys->csf[i] = make_pair("CSF", i + 1, bits, &keys->srk[i]);
			keys->image[i] = make_pair("IMG", i + 1, bits, &keys->srk[i]);
		}
	}
	make_table(keys);
}

void mkhab_keys_free(struct mkhab_keys *keys)
{
	for (int i = 0; i < 4; i++) {
		mkhab_pair_free(&keys->srk[i]);
		mkhab_pair_free(&keys->csf[i]);
		mkhab_pair_free(&keys->image[i]);
	}
}
