// SPDX-License-Identifier: Apache-2.0
// SignedData in three forms; see signed-data.h. What is fixed stands here as DER.

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <string.h>

#include "der-write.h"
#include "der.h"
#include "signed-data.h"

#define DER_UTC_TIME 0x17

#define OID_CONTENT_TYPE 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03
#define OID_MESSAGE_DIGEST 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04
#define OID_SIGNING_TIME 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x05
#define OID_DATA 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01
#define OID_SHA256 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01
#define OID_SHA512 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03
#define OID_SPC_INDIRECT_DATA 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04
#define OID_SPC_PE_IMAGE_DATA 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0f

static const uint8_t version_1[] = { 0x02, 0x01, 0x01 };
static const uint8_t signed_data_oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07,
	0x02 };
static const uint8_t rsa_encryption[] = { 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
	0x01, 0x01, 0x01, 0x05, 0x00 };
static const uint8_t sha256[] = { 0x30, 0x0b, OID_SHA256 };
static const uint8_t sha512[] = { 0x30, 0x0b, OID_SHA512 };
static const uint8_t sha256_null[] = { 0x30, 0x0d, OID_SHA256, 0x05, 0x00 };
static const uint8_t data_oid[] = { OID_DATA };
static const uint8_t spc_indirect_data_oid[] = { OID_SPC_INDIRECT_DATA };

/*
 * SpcAttributeTypeAndOptionalValue with SpcPeImageData: no flags, and the file name that the format
 * (Microsoft, Windows Authenticode Portable Executable Signature Format, 2008) prescribes.
 */
static const uint8_t spc_pe_image_data[] = { 0x30, 0x33, OID_SPC_PE_IMAGE_DATA, 0x30, 0x25, 0x03, 0x01,
	0x00, 0xa0, 0x20, 0xa2, 0x1e, 0x80, 0x1c, 0, '<', 0, '<', 0, '<', 0, 'O', 0, 'b', 0, 's', 0, 'o',
	0, 'l', 0, 'e', 0, 't', 0, 'e', 0, '>', 0, '>', 0, '>' };

static const uint8_t content_type_data[] = { 0x30, 0x18, OID_CONTENT_TYPE, 0x31, 0x0b, OID_DATA };
static const uint8_t content_type_spc[] = { 0x30, 0x19, OID_CONTENT_TYPE, 0x31, 0x0c,
	OID_SPC_INDIRECT_DATA };
static const uint8_t signing_time_oid[] = { OID_SIGNING_TIME };
static const uint8_t message_digest_oid[] = { OID_MESSAGE_DIGEST };

// What differs between the forms.
static const struct form {
	const uint8_t *digest_algorithm, *content_oid, *content_type;
	size_t digest_algorithm_size, content_oid_size, content_type_size; // content_type 0: no attributes
	bool has_content, has_certificate, is_sha512;
} forms[] = {
	[SIGNED_DATA_HAB] = { sha256, data_oid, content_type_data, sizeof(sha256), sizeof(data_oid),
		sizeof(content_type_data), false, false, false },
	[SIGNED_DATA_AUTHENTICODE] = { sha256_null, spc_indirect_data_oid, content_type_spc,
		sizeof(sha256_null), sizeof(spc_indirect_data_oid), sizeof(content_type_spc), true, true, false },
	[SIGNED_DATA_MODULE] = { sha256, data_oid, NULL, sizeof(sha256), sizeof(data_oid), 0, false, false,
		false },
	[SIGNED_DATA_MODULE_SHA512] = { sha512, data_oid, NULL, sizeof(sha512), sizeof(data_oid), 0, false,
		false, true },
};

// The content of SpcIndirectDataContent: what is signed in its place, without its own header.
static void put_spc_indirect_data(struct der_writer *w, const struct signed_data *s)
{
	size_t end = w->at;

	der_put(w, s->digest, SIGNED_DATA_DIGEST_SIZE);
	der_wrap(w, DER_OCTET_STRING, end);
	der_put(w, sha256_null, sizeof(sha256_null));
	der_wrap(w, DER_SEQUENCE, end);
	der_put(w, spc_pe_image_data, sizeof(spc_pe_image_data));
}

static bool find_message_digest(const struct signed_data *s, uint8_t ret[static SIGNED_DATA_DIGEST_SIZE])
{
	uint8_t buffer[SIGNED_DATA_ATTRIBUTES_MAX];
	struct der_writer w = { buffer, sizeof(buffer), false };

	if (!forms[s->form].has_content) {
		memcpy(ret, s->digest, SIGNED_DATA_DIGEST_SIZE);
		return true;
	}
	put_spc_indirect_data(&w, s);
	SHA256(buffer + w.at, sizeof(buffer) - w.at, ret);
	return !w.overflow;
}

static void put_signing_time(struct der_writer *w, time_t time)
{
	ASN1_UTCTIME *utc = ASN1_UTCTIME_set(NULL, time);
	size_t end = w->at;

	if (!utc) { // a year that this form does not have
		w->overflow = true;
		return;
	}
	der_put(w, utc->data, (size_t)utc->length);
	der_wrap(w, DER_UTC_TIME, end);
	der_wrap(w, DER_SET, end);
	der_put(w, signing_time_oid, sizeof(signing_time_oid));
	der_wrap(w, DER_SEQUENCE, end);
	ASN1_STRING_free(utc);
}

// In the order of DER's SET OF: by size.
static void put_attributes(struct der_writer *w, const struct signed_data *s)
{
	const struct form *form = &forms[s->form];
	uint8_t digest[SIGNED_DATA_DIGEST_SIZE];
	size_t end = w->at;

	w->overflow |= !find_message_digest(s, digest);
	der_put(w, digest, sizeof(digest));
	der_wrap(w, DER_OCTET_STRING, end);
	der_wrap(w, DER_SET, end);
	der_put(w, message_digest_oid, sizeof(message_digest_oid));
	der_wrap(w, DER_SEQUENCE, end);
	put_signing_time(w, s->time);
	der_put(w, form->content_type, form->content_type_size);
}

// What the RSA operation is given: the digest of the attributes as a SET OF, or that of the content.
static bool find_signed_digest(const struct signed_data *s, uint8_t ret[static SIGNED_DATA_DIGEST_MAX])
{
	uint8_t buffer[SIGNED_DATA_ATTRIBUTES_MAX];
	struct der_writer w = { buffer, sizeof(buffer), false };

	if (!forms[s->form].content_type) {
		memcpy(ret, s->digest, sizeof(s->digest));
		return true;
	}
	put_attributes(&w, s);
	der_wrap(&w, DER_SET, sizeof(buffer));
	SHA256(buffer + w.at, sizeof(buffer) - w.at, ret);
	return !w.overflow;
}

static const EVP_MD *find_hash(const struct signed_data *s)
{
	return forms[s->form].is_sha512 ? EVP_sha512() : EVP_sha256();
}

static size_t find_hash_size(const struct signed_data *s)
{
	return forms[s->form].is_sha512 ? SIGNED_DATA_DIGEST_MAX : SIGNED_DATA_DIGEST_SIZE;
}

const char *signed_data_key_fault(const EVP_PKEY *key)
{
	BIGNUM *exponent = NULL;
	bool is_f4;
	int bits;

	if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return "is no RSA key";
	bits = EVP_PKEY_get_bits(key);
	if (bits != 2048 && bits != 3072 && bits != 4096)
		return "is no RSA key of 2048, 3072 or 4096 bits";
	is_f4 = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
		BN_is_word(exponent, RSA_F4);
	BN_free(exponent);
	return is_f4 ? NULL : "is an RSA key with another exponent than 65537";
}

int signed_data_sign(struct signed_data *s, EVP_PKEY *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	uint8_t digest[SIGNED_DATA_DIGEST_MAX];
	bool good;

	s->signature_size = sizeof(s->signature);
	good = context && find_signed_digest(s, digest) && EVP_PKEY_sign_init(context) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
		EVP_PKEY_CTX_set_signature_md(context, find_hash(s)) == 1 &&
		EVP_PKEY_sign(context, s->signature, &s->signature_size, digest,
			find_hash_size(s)) == 1 &&
		signed_data_verify(s);
	EVP_PKEY_CTX_free(context);
	return good ? 0 : -1;
}

bool signed_data_verify(const struct signed_data *s)
{
	EVP_PKEY *key = X509_get0_pubkey(s->certificate);
	EVP_PKEY_CTX *context = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	uint8_t digest[SIGNED_DATA_DIGEST_MAX];
	bool good = context && find_signed_digest(s, digest) && EVP_PKEY_verify_init(context) == 1 &&
		EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
		EVP_PKEY_CTX_set_signature_md(context, find_hash(s)) == 1 &&
		EVP_PKEY_verify(context, s->signature, s->signature_size, digest,
			find_hash_size(s)) == 1;

	EVP_PKEY_CTX_free(context);
	return good;
}

static void put_issuer_and_serial(struct der_writer *w, const X509 *certificate)
{
	unsigned char *serial = NULL, *issuer = NULL;
	int serial_size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
	int issuer_size = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
	size_t end = w->at;

	w->overflow |= serial_size <= 0 || issuer_size <= 0;
	if (!w->overflow) {
		der_put(w, serial, (size_t)serial_size);
		der_put(w, issuer, (size_t)issuer_size);
		der_wrap(w, DER_SEQUENCE, end);
	}
	OPENSSL_free(serial);
	OPENSSL_free(issuer);
}

static void put_signer(struct der_writer *w, const struct signed_data *s)
{
	const struct form *form = &forms[s->form];
	size_t end = w->at, attributes;

	der_put(w, s->signature, s->signature_size);
	der_wrap(w, DER_OCTET_STRING, end);
	der_put(w, rsa_encryption, sizeof(rsa_encryption));
	attributes = w->at;
	if (form->content_type) {
		put_attributes(w, s);
		der_wrap(w, DER_CONTEXT(0), attributes);
	}
	der_put(w, form->digest_algorithm, form->digest_algorithm_size);
	put_issuer_and_serial(w, s->certificate);
	der_put(w, version_1, sizeof(version_1));
	der_wrap(w, DER_SEQUENCE, end);
	der_wrap(w, DER_SET, end);
}

static void put_certificate(struct der_writer *w, const X509 *certificate)
{
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	size_t end = w->at;

	w->overflow |= size <= 0;
	if (!w->overflow) {
		der_put(w, der, (size_t)size);
		der_wrap(w, DER_CONTEXT(0), end);
	}
	OPENSSL_free(der);
}

static void put_content_info(struct der_writer *w, const struct signed_data *s)
{
	const struct form *form = &forms[s->form];
	size_t end = w->at;

	if (form->has_content) {
		put_spc_indirect_data(w, s);
		der_wrap(w, DER_SEQUENCE, end);
		der_wrap(w, DER_CONTEXT(0), end);
	}
	der_put(w, form->content_oid, form->content_oid_size);
	der_wrap(w, DER_SEQUENCE, end);
}

size_t signed_data_write(const struct signed_data *s, uint8_t buffer[static SIGNED_DATA_MAX],
	const uint8_t **ret_start)
{
	const struct form *form = &forms[s->form];
	struct der_writer w = { buffer, SIGNED_DATA_MAX, false };
	size_t algorithms;

	put_signer(&w, s);
	if (form->has_certificate)
		put_certificate(&w, s->certificate);
	put_content_info(&w, s);
	algorithms = w.at;
	der_put(&w, form->digest_algorithm, form->digest_algorithm_size);
	der_wrap(&w, DER_SET, algorithms);
	der_put(&w, version_1, sizeof(version_1));
	der_wrap(&w, DER_SEQUENCE, SIGNED_DATA_MAX);
	der_wrap(&w, DER_CONTEXT(0), SIGNED_DATA_MAX);
	der_put(&w, signed_data_oid, sizeof(signed_data_oid));
	der_wrap(&w, DER_SEQUENCE, SIGNED_DATA_MAX);
	*ret_start = buffer + w.at;
	return w.overflow ? 0 : SIGNED_DATA_MAX - w.at;
}
