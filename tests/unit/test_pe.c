// SPDX-License-Identifier: Apache-2.0
// Signatures on Images, beside those that sbsign makes of the same files.

#include "pe.h"

#include <openssl/pkcs7.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "key.h"
#include "mkimage.h"
#include "signature.h"
#include "test.h"
#include "tool.h"

#define FILE_MAX 16384
#define VERSION 0xfffe0003

static const struct secrets no_secrets = { NULL, NULL };
static struct signer signer;
static time_t now; // within the certificate's dates
static char directory[] = "/tmp/test_pe.XXXXXX";

// An Image with some bytes behind its sections, in memory that ends where signing must.
static struct pe make(size_t behind, uint32_t version)
{
	struct pe pe = { malloc(MKIMAGE_SIZE + behind + PE_GROWTH), MKIMAGE_SIZE + behind, { 0 } };

	if (!pe.data)
		abort();
	mkimage(pe.data, version);
	memset(pe.data + MKIMAGE_SIZE, 'x', behind);
	return pe;
}

// Attaches a signature to what was made ready. Returns whether that went well.
static bool sign(struct pe *pe, time_t time)
{
	struct signed_data s = {
		.form = SIGNED_DATA_AUTHENTICODE, .certificate = signer.certificate, .time = time
	};
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;
	size_t size;

	if (!signature_digest(pe->data, &pe->image, s.digest) || signed_data_sign(&s, signer.key))
		return false;
	size = signed_data_write(&s, buffer, &start);
	if (size)
		pe_attach(pe, start, size);
	return size;
}

// All that `bbsign kernel --verify` asks; the cheapest question first.
static bool verifies(const uint8_t *data, size_t size)
{
	struct image image;

	return !image_parse(data, size, &image) && signature_digest_matches(data, size, &image) &&
	       pe_is_canonical(data, size, &image, signer.certificate) &&
	       !signature_verify(data, &image, signer.certificate);
}

static uint8_t *sbsign(const struct pe *image, size_t *ret_size)
{
	if (write_whole("Image", 0600, image->data, image->size) ||
		system("sbsign --key key.pem --cert cert.pem --output Image.signed Image >log "
		       "2>&1"))
		return NULL;
	return read_whole("Image.signed", FILE_MAX, ret_size);
}

// Byte for byte, for every padding, around the same SignedData.
static void pe_as_sbsign_does(void)
{
	for (size_t behind = 0; behind < 9; behind++) {
		struct pe pe = make(behind, VERSION);
		struct image image;
		uint8_t digest[AUTHENTICODE_DIGEST_SIZE];
		size_t size = 0;
		uint8_t *other = sbsign(&pe, &size);

		test_assert(other && !image_parse(other, size, &image));
		test_assert(
			!pe_prepare(&pe, VERSION) && signature_digest(pe.data, &pe.image, digest));
		test_assert(!memcmp(digest, image.signature.digest, sizeof(digest)));
		pe_attach(&pe, other + image.signature_offset, image.signature_size);
		test_assert(pe.size == size && !memcmp(pe.data, other, size));
		test_assert(verifies(other, size));
		free(other);
		free(pe.data);
	}
}

// One bit after the other of a signed file; none may be without meaning.
static void flip_every_bit(uint8_t *data, size_t size)
{
	unsigned int flips = 0;

	test_assert(verifies(data, size));
	for (size_t bit = 0; bit < 8 * size; bit++, flips++) {
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (verifies(data, size))
			printf("# bit %zu of byte %zu changes nothing\n", bit % 8, bit / 8);
		test_assert(!verifies(data, size));
		data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	printf("# %u bits flipped\n", flips);
}

static void pe_version(void)
{
	static const uint32_t versions[] = { 0, 1, 0xffff, 0x10000, 0x12345678, UINT32_MAX };

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		struct pe pe = make(0, VERSION);
		struct image image;

		test_assert(!pe_prepare(&pe, versions[i]) && sign(&pe, now));
		test_assert(!image_parse(pe.data, pe.size, &image));
		test_assert(image.security_version == versions[i]);
		test_assert(verifies(pe.data, pe.size));
		free(pe.data);
	}
}

static void pe_refuses(void)
{
	struct pe pe = make(0, 0);

	test_assert(!pe_strip(&pe));
	test_assert(!pe_prepare(&pe, 0) && sign(&pe, now));
	test_assert(!strcmp(pe_prepare(&pe, 0), "it is signed already"));
	pe.data[pe.image.table_offset + 8] ^= 1; // signed, in no form that is known
	test_assert(!strcmp(pe_prepare(&pe, 0), "it is signed already"));
	test_assert(!pe_strip(&pe));
	mkimage(pe.data, 0);
	pe.size = MKIMAGE_SIZE - 1;
	test_assert(!strcmp(pe_prepare(&pe, 0), "section beyond the end of the file"));
	free(pe.data);
}

// Taken off and signed anew, it is as if it had been signed once.
static void pe_replaces(void)
{
	struct pe once = make(3, 0), twice = make(3, 0);

	test_assert(!pe_prepare(&once, 7) && sign(&once, now + 1));
	test_assert(!pe_prepare(&twice, 9) && sign(&twice, now));
	test_assert(pe_strip(&twice) && !pe_prepare(&twice, 7) && sign(&twice, now + 1));
	test_assert(once.size == twice.size && !memcmp(once.data, twice.data, once.size));
	free(once.data);
	free(twice.data);
}

static void pe_every_bit(void)
{
	struct pe pe = make(0, 0);

	test_assert(!pe_prepare(&pe, VERSION) && sign(&pe, now));
	flip_every_bit(pe.data, pe.size);
	free(pe.data);
}

static void pe_every_bit_of_sbsign(void)
{
	struct pe pe = make(0, VERSION);
	size_t size = 0;
	uint8_t *other = sbsign(&pe, &size);

	test_assert(other);
	flip_every_bit(other, size);
	free(other);
	free(pe.data);
}

// A bit of the SignedData, and whatever else it takes to make the file look right again.
static void flip_every_bit_attached(const uint8_t *data, size_t size)
{
	struct pe pe = { malloc(size + PE_GROWTH), size, { 0 } };
	uint8_t signature[SIGNED_DATA_MAX];
	struct image image;

	test_assert(pe.data && !image_parse(data, size, &image));
	memcpy(pe.data, data, size);
	memcpy(signature, data + image.signature_offset, image.signature_size);
	test_assert(pe_strip(&pe) && !pe_prepare(&pe, image.security_version));
	for (size_t bit = 0; bit < 8 * image.signature_size; bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		pe_attach(&pe, signature, image.signature_size);
		if (verifies(pe.data, pe.size))
			printf("# bit %zu of byte %zu changes nothing\n", bit % 8, bit / 8);
		test_assert(!verifies(pe.data, pe.size));
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	pe_attach(&pe, signature, image.signature_size);
	test_assert(verifies(pe.data, pe.size));
	free(pe.data);
}

static void pe_every_bit_attached(void)
{
	struct pe pe = make(0, VERSION);
	size_t size = 0;
	uint8_t *other = sbsign(&pe, &size);

	test_assert(other);
	flip_every_bit_attached(other, size);
	free(other);
	test_assert(!pe_prepare(&pe, VERSION) && sign(&pe, now));
	flip_every_bit_attached(pe.data, pe.size);
	free(pe.data);
}

// The kernel that is to start it would refuse it.
static void pe_outside_the_dates(void)
{
	const time_t times[] = { now - 7200, now + 20 * 86400 };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct pe pe = make(0, 0);

		test_assert(!pe_prepare(&pe, 0) && sign(&pe, times[i]));
		test_assert(!verifies(pe.data, pe.size));
		free(pe.data);
	}
}

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

	if (size <= 0 || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, signer.key) != 1 ||
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
	struct pe pe = make(0, 0);
	PKCS7_SIGNER_INFO *by;
	PKCS7 *pkcs7;
	bool good;

	if (pe_prepare(&pe, 0) || !sign(&pe, now))
		abort();
	pkcs7 = take(&pe, &by);
	change_attributes(by, c);
	good = verifies(pe.data, give(&pe, pkcs7, by));
	free(pe.data);
	return good;
}

static void pe_attributes(void)
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
static void pe_times(void)
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

	const time_t later = now + 3600; // within the dates without its seconds, too

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
static void pe_not_called_rsa(void)
{
	static const int names[] = { NID_rsaEncryption, NID_sha256WithRSAEncryption };

	for (size_t i = 0; i < 2; i++) {
		struct pe pe = make(0, 0);
		PKCS7_SIGNER_INFO *by;
		PKCS7 *pkcs7;

		test_assert(!pe_prepare(&pe, 0) && sign(&pe, now));
		pkcs7 = take(&pe, &by);
		X509_ALGOR_set0(by->digest_enc_alg, OBJ_nid2obj(names[i]), V_ASN1_NULL, NULL);
		test_assert(verifies(pe.data, give(&pe, pkcs7, by)) == (i == 0));
		free(pe.data);
	}
}

// The same name and number, and dates, but not the signer's certificate.
static void pe_another_certificate(void)
{
	struct pe pe = make(0, 0);
	X509 *other = X509_dup(signer.certificate);
	PKCS7_SIGNER_INFO *by;
	PKCS7 *pkcs7;

	test_assert(other && X509_sign(other, signer.key, EVP_sha512()));
	test_assert(!pe_prepare(&pe, 0) && sign(&pe, now));
	pkcs7 = take(&pe, &by);
	X509_free(sk_X509_pop(pkcs7->d.sign->cert));
	sk_X509_push(pkcs7->d.sign->cert, other);
	test_assert(!verifies(pe.data, give(&pe, pkcs7, by)));
	free(pe.data);
}

static bool make_keys(void)
{
	return mkdtemp(directory) && !chdir(directory) &&
	       !system("openssl req -new -x509 -newkey rsa:2048 -nodes -days 9 -subj '/CN=test_pe' "
		       "-keyout key.pem -out cert.pem >log 2>&1") &&
	       !signer_open("key.pem", "cert.pem", &no_secrets, &signer);
}

static void remove_directory(void)
{
	static const char *const files[] = { "key.pem", "cert.pem", "log", "Image",
		"Image.signed" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir(directory);
}

int main(void)
{
	if (!make_keys()) {
		puts("not ok pe: openssl cannot make a key");
		return 1;
	}
	now = time(NULL);
	test_run(pe_as_sbsign_does);
	test_run(pe_version);
	test_run(pe_refuses);
	test_run(pe_replaces);
	test_run(pe_outside_the_dates);
	test_run(pe_attributes);
	test_run(pe_times);
	test_run(pe_not_called_rsa);
	test_run(pe_another_certificate);
	test_run(pe_every_bit_attached);
	test_run(pe_every_bit);
	test_run(pe_every_bit_of_sbsign);
	signer_close(&signer);
	remove_directory();
	return test_result();
}
