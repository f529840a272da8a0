// SPDX-License-Identifier: Apache-2.0
// Signatures on Images that libcrypto calls good and the kernel does not: changed, signed again.

#include "signature.h"

#include <openssl/pkcs7.h>
#include <stdlib.h>
#include <string.h>

#include "mkpe.h"
#include "test.h"

// The signature of a file, to be changed; and the one who signed.
static PKCS7 *take(const struct pe *pe, PKCS7_SIGNER_INFO **ret_signer)
{
	struct image image;
	const unsigned char *der;
	PKCS7 *pkcs7;

	if (image_parse(pe->data, pe->size, &image))
		abort();
	der = pe->data + image.signature_offset;
	pkcs7 = d2i_PKCS7(NULL, &der, (long)image.signature_size);
	if (!pkcs7)
		abort();
	*ret_signer = sk_PKCS7_SIGNER_INFO_value(pkcs7->d.sign->signer_info, 0);
	return pkcs7;
}

// Signs the attributes as they are, in their order, and attaches it all. Returns the file's size.
static size_t give(struct pe *pe, PKCS7 *pkcs7, PKCS7_SIGNER_INFO *by)
{
	unsigned char *attributes = NULL, *der = NULL, signature[SIGNED_DATA_SIGNATURE_MAX];
	int size = ASN1_item_i2d((ASN1_VALUE *)by->auth_attr, &attributes,
		ASN1_ITEM_rptr(PKCS7_ATTR_VERIFY));
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = sizeof(signature);

	if (size <= 0 ||
		EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, mkpe_signer.key) != 1 ||
		EVP_DigestSign(context, signature, &length, attributes, (size_t)size) != 1 ||
		!ASN1_STRING_set(by->enc_digest, signature, (int)length))
		abort();
	size = i2d_PKCS7(pkcs7, &der);
	if (size <= 0 || !pe_strip(pe) || pe_prepare(pe, 0))
		abort();
	pe_attach(pe, der, (size_t)size);
	OPENSSL_free(attributes);
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	PKCS7_free(pkcs7);
	return pe->size;
}

#define CONTENT_TYPE "1.2.840.113549.1.9.3"
#define MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define SIGNING_TIME "1.2.840.113549.1.9.5"
#define CAPABILITIES "1.2.840.113549.1.9.15"
#define INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define DATA "1.2.840.113549.1.7.1"

/*
 * A change of the attributes: one goes, another comes, with that value, or the one that went had,
 * and a second value.
 */
struct attribute_case {
	const char *name, *goes, *comes;
	int type;
	const char *value, *second;
	bool good;
};

static void add_value(X509_ATTRIBUTE *attribute, int type, const char *value, size_t size)
{
	ASN1_OBJECT *object = type == V_ASN1_OBJECT ? OBJ_txt2obj(value, 1) : NULL;
	const void *data = object ? (const void *)object : value;
	bool is_string = type != V_ASN1_OBJECT && type != V_ASN1_BOOLEAN;

	if (X509_ATTRIBUTE_set1_data(attribute, type, data, is_string ? (int)size : -1) != 1)
		abort();
	ASN1_OBJECT_free(object);
}

// The attribute of that type, taken out; NULL when there is none.
static X509_ATTRIBUTE *remove_attribute(PKCS7_SIGNER_INFO *by, const char *type)
{
	ASN1_OBJECT *object = OBJ_txt2obj(type, 1);
	int at = X509at_get_attr_by_OBJ(by->auth_attr, object, -1);

	ASN1_OBJECT_free(object);
	return at < 0 ? NULL : X509at_delete_attr(by->auth_attr, at);
}

static void add_attribute(PKCS7_SIGNER_INFO *by, const struct attribute_case *c, const char *value,
	size_t size)
{
	ASN1_OBJECT *object = OBJ_txt2obj(c->comes, 1);
	X509_ATTRIBUTE *attribute = X509_ATTRIBUTE_new();

	if (!attribute || X509_ATTRIBUTE_set1_object(attribute, object) != 1)
		abort();
	add_value(attribute, c->type, value, size);
	if (c->second)
		add_value(attribute, c->type, c->second, strlen(c->second));
	sk_X509_ATTRIBUTE_push(by->auth_attr, attribute);
	ASN1_OBJECT_free(object);
}

static void change_attributes(PKCS7_SIGNER_INFO *by, const struct attribute_case *c)
{
	X509_ATTRIBUTE *gone = c->goes ? remove_attribute(by, c->goes) : NULL;
	const ASN1_TYPE *had = gone ? X509_ATTRIBUTE_get0_type(gone, 0) : NULL;
	const char *value = c->value;
	size_t size = value ? strlen(value) : 0;

	if (!value && had) {
		value = (const char *)ASN1_STRING_get0_data(had->value.asn1_string);
		size = (size_t)ASN1_STRING_length(had->value.asn1_string);
	}
	if (c->comes)
		add_attribute(by, c, value, size);
	X509_ATTRIBUTE_free(gone);
}

// Whether a file verifies whose attributes were changed so, and signed as they are.
static bool verifies_with(const struct attribute_case *c)
{
	struct pe pe = mkpe(0, 0);
	PKCS7_SIGNER_INFO *by;
	PKCS7 *pkcs7;
	bool good;

	if (pe_prepare(&pe, 0) || !mkpe_sign(&pe, mkpe_now))
		abort();
	pkcs7 = take(&pe, &by);
	change_attributes(by, c);
	good = mkpe_verifies(pe.data, give(&pe, pkcs7, by));
	free(pe.data);
	return good;
}

static void signature_attributes(void)
{
	static const struct attribute_case cases[] = {
		{ "as it was", .good = true },
		{ "another order", CONTENT_TYPE, CONTENT_TYPE, V_ASN1_OBJECT, INDIRECT_DATA,
			.good = true },
		{ "no type", CONTENT_TYPE, .good = false },
		{ "another type", CONTENT_TYPE, CONTENT_TYPE, V_ASN1_OBJECT, DATA, .good = false },
		{ "a type that is text", CONTENT_TYPE, CONTENT_TYPE, V_ASN1_UTF8STRING,
			INDIRECT_DATA, .good = false },
		{ "type twice", NULL, CONTENT_TYPE, V_ASN1_OBJECT, INDIRECT_DATA, .good = false },
		{ "two types", CONTENT_TYPE, CONTENT_TYPE, V_ASN1_OBJECT, INDIRECT_DATA, DATA,
			.good = false },
		{ "the digest at another place", MESSAGE_DIGEST, MESSAGE_DIGEST,
			V_ASN1_OCTET_STRING, .good = true },
		{ "no digest", MESSAGE_DIGEST, .good = false },
		{ "digest twice", NULL, MESSAGE_DIGEST, V_ASN1_OCTET_STRING, "x", .good = false },
		{ "two digests", MESSAGE_DIGEST, MESSAGE_DIGEST, V_ASN1_OCTET_STRING, NULL, "x",
			.good = false },
		{ "a digest that is text", MESSAGE_DIGEST, MESSAGE_DIGEST, V_ASN1_UTF8STRING,
			.good = false },
		{ "a digest that is true", MESSAGE_DIGEST, MESSAGE_DIGEST, V_ASN1_BOOLEAN, "1",
			.good = false },
		{ "no time", SIGNING_TIME, .good = true },
		{ "the time at another place", SIGNING_TIME, SIGNING_TIME, V_ASN1_UTCTIME,
			.good = true },
		{ "time twice", NULL, SIGNING_TIME, V_ASN1_UTCTIME, "000101000000Z",
			.good = false },
		{ "capabilities", NULL, CAPABILITIES, V_ASN1_SEQUENCE, "0\3\2\1\5", .good = true },
		{ "two capabilities", NULL, CAPABILITIES, V_ASN1_SEQUENCE, "0\3\2\1\5", "0\3\2\1\6",
			.good = false },
		{ "something else", NULL, "1.2.3", V_ASN1_UTF8STRING, "x", .good = true },
		{ "something else twice", NULL, "1.2.3", V_ASN1_UTF8STRING, "x", "y",
			.good = false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case = cases[i].name;
		test_assert(verifies_with(&cases[i]) == cases[i].good);
	}
}

// The same time in other words, which the kernel does not read, and what is none.
static void signature_times(void)
{
	static const struct {
		int type;
		const char *format;
		bool good;
	} times[] = {
		{ V_ASN1_UTCTIME, "%y%m%d%H%M%SZ", true },
		{ V_ASN1_UTCTIME, "%y%m%d%H%MZ", false },
		{ V_ASN1_UTCTIME, "%y%m%d%H%M%S+0000", false },
		{ V_ASN1_UTCTIME, "%y%m%d%H%M99Z", false },
		{ V_ASN1_UTCTIME, "a time of day", false },
		{ V_ASN1_GENERALIZEDTIME, "%Y%m%d%H%M%SZ", false },
		{ V_ASN1_GENERALIZEDTIME, "%Y%m%d%H%MZ", false },
		{ V_ASN1_UTF8STRING, "%y%m%d%H%M%SZ", false },
	};

	const time_t later = mkpe_now + 3600; // within the dates without its seconds, too

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char text[32];
		struct attribute_case c = { times[i].format, SIGNING_TIME, SIGNING_TIME,
			times[i].type, text, .good = times[i].good };

		test_case = c.name;
		strftime(text, sizeof(text), times[i].format, gmtime(&later));
		test_assert(verifies_with(&c) == c.good);
	}
}

// The signature is as good, and no kernel takes it.
static void signature_not_called_rsa(void)
{
	static const int names[] = { NID_rsaEncryption, NID_sha256WithRSAEncryption };

	for (size_t i = 0; i < 2; i++) {
		struct pe pe = mkpe(0, 0);
		PKCS7_SIGNER_INFO *by;
		PKCS7 *pkcs7;

		test_assert(!pe_prepare(&pe, 0) && mkpe_sign(&pe, mkpe_now));
		pkcs7 = take(&pe, &by);
		X509_ALGOR_set0(by->digest_enc_alg, OBJ_nid2obj(names[i]), V_ASN1_NULL, NULL);
		test_assert(mkpe_verifies(pe.data, give(&pe, pkcs7, by)) == (i == 0));
		free(pe.data);
	}
}

// The same name and number, and dates, but not the signer's certificate.
static void signature_another_certificate(void)
{
	struct pe pe = mkpe(0, 0);
	X509 *other = X509_dup(mkpe_signer.certificate);
	PKCS7_SIGNER_INFO *by;
	PKCS7 *pkcs7;

	test_assert(other && X509_sign(other, mkpe_signer.key, EVP_sha512()));
	test_assert(!pe_prepare(&pe, 0) && mkpe_sign(&pe, mkpe_now));
	pkcs7 = take(&pe, &by);
	X509_free(sk_X509_pop(pkcs7->d.sign->cert));
	sk_X509_push(pkcs7->d.sign->cert, other);
	test_assert(!mkpe_verifies(pe.data, give(&pe, pkcs7, by)));
	free(pe.data);
}

// The kernel that is to start it would refuse it.
static void signature_outside_the_dates(void)
{
	const time_t times[] = { mkpe_now - 7200, mkpe_now + 20 * 86400 };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct pe pe = mkpe(0, 0);

		test_assert(!pe_prepare(&pe, 0) && mkpe_sign(&pe, times[i]));
		test_assert(!mkpe_verifies(pe.data, pe.size));
		free(pe.data);
	}
}

int main(void)
{
	if (!mkpe_start()) {
		puts("not ok signature: openssl cannot make a key");
		return 1;
	}
	test_run(signature_attributes);
	test_run(signature_times);
	test_run(signature_not_called_rsa);
	test_run(signature_another_certificate);
	test_run(signature_outside_the_dates);
	mkpe_end();
	return test_result();
}
