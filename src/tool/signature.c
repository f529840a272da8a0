// SPDX-License-Identifier: Apache-2.0
// Authenticode digest and signature; see signature.h.

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <string.h>

#include "der.h"
#include "signature.h"

#define CHECKSUM_SIZE 4
#define DIRECTORY_ENTRY_SIZE 8
#define UTC_TIME_SIZE 13 /* YYMMDDHHMMSSZ */

bool signature_digest(const uint8_t *data, const struct image *image,
	uint8_t ret[static AUTHENTICODE_DIGEST_SIZE])
{
	size_t behind_checksum = image->checksum_offset + CHECKSUM_SIZE;
	size_t behind_entry = image->directory_offset + DIRECTORY_ENTRY_SIZE;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
		    EVP_DigestUpdate(context, data, image->checksum_offset) == 1 &&
		    EVP_DigestUpdate(context, data + behind_checksum,
			    image->directory_offset - behind_checksum) == 1 &&
		    EVP_DigestUpdate(context, data + behind_entry,
			    image->table_offset - behind_entry) == 1 &&
		    EVP_DigestFinal_ex(context, ret, NULL) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

bool signature_digest_matches(const uint8_t *data, size_t size, const struct image *image)
{
	uint8_t digest[AUTHENTICODE_DIGEST_SIZE];

	return image->table_offset <= size && signature_digest(data, image, digest) &&
	       !memcmp(digest, image->signature.digest, sizeof(digest));
}

/*
 * What was signed is the content of the SpcIndirectDataContent, without its own tag and length
 * (RFC 2315 section 9.3).
 */
static BIO *signed_content(const PKCS7 *pkcs7)
{
	const ASN1_TYPE *other = pkcs7->d.sign->contents->d.other;
	struct der in, content;

	if (!other || other->type != V_ASN1_SEQUENCE)
		return NULL;
	in = (struct der){ other->value.sequence->data, (size_t)other->value.sequence->length };
	if (!der_read(&in, DER_SEQUENCE, &content) || content.size > INT32_MAX)
		return NULL;
	return BIO_new_mem_buf(content.data, (int)content.size);
}

static const char *verify(PKCS7 *pkcs7, X509 *certificate)
{
	// No chain, and no certificate but ours: whatever else is in the file says nothing.
	const int flags = PKCS7_NOVERIFY | PKCS7_NOINTERN | PKCS7_BINARY;
	STACK_OF(X509) *certificates = sk_X509_new_null();
	BIO *content = signed_content(pkcs7);
	const char *wrong = "the signature cannot be looked at";

	if (content && certificates && sk_X509_push(certificates, certificate) == 1)
		wrong = PKCS7_verify(pkcs7, certificates, NULL, content, NULL, flags) == 1
				? NULL
				: "the signature is not one by this certificate's key";
	BIO_free(content);
	sk_X509_free(certificates);
	ERR_clear_error();
	return wrong;
}

/*
 * libcrypto takes more than DER, and verifies what it would have written; the kernel, what is there
 * (pkcs7_digest). With this the two are the same.
 */
static bool is_der(const PKCS7 *pkcs7, const uint8_t *der, size_t size)
{
	unsigned char *again = NULL;
	int length = i2d_PKCS7(pkcs7, &again);
	bool same = length > 0 && (size_t)length == size && !memcmp(again, der, size);

	OPENSSL_free(again);
	return same;
}

// libcrypto goes by the key; the kernel by this name (pkcs7_sig_note_pkey_algo).
static bool is_rsa(const PKCS7 *pkcs7)
{
	const PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(pkcs7->d.sign->signer_info, 0);

	return signer && OBJ_obj2nid(signer->digest_enc_alg->algorithm) == NID_rsaEncryption;
}

/*
 * The kernel asks more of the signed attributes than PKCS7_verify does
 * (pkcs7_sig_note_authenticated_attr): one value each, none twice, and the type of the content
 * among them. That the digest is an octet string older libcryptos take for granted: this comes
 * first.
 */
static bool has_attributes(const PKCS7 *pkcs7)
{
	PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(pkcs7->d.sign->signer_info, 0);
	const STACK_OF(X509_ATTRIBUTE) *all = signer->auth_attr;
	const ASN1_TYPE *content = PKCS7_get_signed_attribute(signer, NID_pkcs9_contentType);
	const ASN1_TYPE *digest = PKCS7_get_signed_attribute(signer, NID_pkcs9_messageDigest);

	for (int i = 0; i < X509at_get_attr_count(all); i++) {
		X509_ATTRIBUTE *one = X509at_get_attr(all, i);

		if (X509_ATTRIBUTE_count(one) != 1 ||
			X509at_get_attr_by_OBJ(all, X509_ATTRIBUTE_get0_object(one), i) >= 0)
			return false;
	}
	return content && content->type == V_ASN1_OBJECT &&
	       !OBJ_cmp(content->value.object, pkcs7->d.sign->contents->type) && digest &&
	       digest->type == V_ASN1_OCTET_STRING;
}

// False, too, when one of them is no time.
static bool is_not_after(const ASN1_TIME *first, const ASN1_TIME *second)
{
	int order = ASN1_TIME_compare(first, second);

	return order == -1 || order == 0;
}

/*
 * The kernel wants the signing time, where there is one, within the dates of the certificate that
 * lies in the signature (pkcs7_verify_one), and written in one way (x509_decode_time). Its own
 * clock has no say.
 */
static bool is_within_dates(const PKCS7 *pkcs7)
{
	const X509 *own = sk_X509_value(pkcs7->d.sign->cert, 0);
	PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(pkcs7->d.sign->signer_info, 0);
	const ASN1_TYPE *time = PKCS7_get_signed_attribute(signer, NID_pkcs9_signingTime);

	if (!time)
		return true;
	return own && time->type == V_ASN1_UTCTIME &&
	       ASN1_STRING_length(time->value.utctime) == UTC_TIME_SIZE &&
	       is_not_after(X509_get0_notBefore(own), time->value.utctime) &&
	       is_not_after(time->value.utctime, X509_get0_notAfter(own));
}

static const char *signed_fault(PKCS7 *pkcs7, X509 *certificate)
{
	if (!is_rsa(pkcs7))
		return "the signature is not called RSA";
	if (!has_attributes(pkcs7))
		return "its signed attributes are not what the kernel asks for";
	return verify(pkcs7, certificate);
}

const char *signature_verify(const uint8_t *data, const struct image *image, X509 *certificate)
{
	const unsigned char *der = data + image->signature_offset;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &der, (long)image->signature_size);
	const char *wrong = "the signature cannot be read";

	if (pkcs7 && PKCS7_type_is_signed(pkcs7))
		wrong = signed_fault(pkcs7, certificate);
	if (!wrong && !is_der(pkcs7, data + image->signature_offset, image->signature_size))
		wrong = "the signature is not DER";
	if (!wrong && !is_within_dates(pkcs7))
		wrong = "it was signed at a time that is outside the certificate's dates";
	PKCS7_free(pkcs7);
	ERR_clear_error();
	return wrong;
}
