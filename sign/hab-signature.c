// SPDX-License-Identifier: Apache-2.0
// Keys, certificates and signatures of a CSF; see hab-signature.h. libcrypto's reader of CMS takes
// more than DER; what it read must come out again as the same bytes, so that what is verified is what
// the ROM sees.

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "describe.h"
#include "hab-parse.h"
#include "hab-signature.h"

const struct hab_role hab_csf_role = { "CSF", HAB_CSF_DIGEST, HAB_CSF_SIGNATURE };
const struct hab_role hab_image_role = { "image", HAB_IMAGE_DIGEST, HAB_IMAGE_SIGNATURE };

static EVP_PKEY *make_rsa_key(OSSL_PARAM *parameters)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
		EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

EVP_PKEY *hab_srk_key(const struct srk_record *record)
{
	BIGNUM *modulus = BN_bin2bn(record->modulus, (int)record->modulus_size, NULL);
	BIGNUM *exponent = BN_bin2bn(record->exponent, (int)record->exponent_size, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	EVP_PKEY *key = NULL;

	if (modulus && exponent && builder &&
		OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
		OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1)
		parameters = OSSL_PARAM_BLD_to_param(builder);
	if (parameters)
		key = make_rsa_key(parameters);
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	BN_free(exponent);
	BN_free(modulus);
	if (signed_data_key_fault(key)) {
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

bool hab_is_authority(const X509 *certificate)
{
	X509 *same = (X509 *)(uintptr_t)certificate; /* libcrypto keeps what it finds out in there */

	return X509_check_ca(same) != 0;
}

static enum hab_reason check_chain(X509 *certificate, const struct hab_role *role, EVP_PKEY *srk,
	char detail[static HAB_DETAIL_SIZE])
{
	if (X509_get_extension_flags(certificate) & EXFLAG_INVALID)
		return hab_reject(detail, HAB_CERTIFICATE_FORM,
			"the %s certificate has an extension that cannot be read", role->name);
	if (signed_data_key_fault(X509_get0_pubkey(certificate)))
		return hab_reject(detail, HAB_KEY_ALGORITHM, "the key of the %s certificate", role->name);
	if (X509_get_signature_nid(certificate) != NID_sha256WithRSAEncryption)
		return hab_reject(detail, HAB_SIGNATURE_ALGORITHM, "that of the %s certificate",
			role->name);
	if (X509_verify(certificate, srk) != 1)
		return hab_reject(detail, HAB_CERTIFICATE_CHAIN,
			"the %s certificate's signature is not one by the SRK in use", role->name);
	return HAB_ACCEPTED;
}

enum hab_reason hab_check_certificate(const struct der *structure, const struct hab_role *role,
	EVP_PKEY *srk, X509 **ret, char detail[static HAB_DETAIL_SIZE])
{
	const uint8_t *end = structure->data + structure->size;
	const uint8_t *at = structure->data + HAB_HEADER_SIZE;
	X509 *certificate = d2i_X509(NULL, &at, (long)(end - at));
	enum hab_reason reason;

	if (!certificate || at != end)
		reason = hab_reject(detail, HAB_CERTIFICATE_FORM, "the %s certificate%s", role->name,
			certificate ? " has something behind it" : " cannot be read");
	else
		reason = check_chain(certificate, role, srk, detail);
	ERR_clear_error();
	if (reason) {
		X509_free(certificate);
		return reason;
	}
	*ret = certificate;
	return HAB_ACCEPTED;
}

static bool is_der(CMS_ContentInfo *cms, const uint8_t *data, size_t size)
{
	unsigned char *again = NULL;
	int again_size = i2d_CMS_ContentInfo(cms, &again);
	bool same = again_size >= 0 && (size_t)again_size == size && !memcmp(again, data, size);

	OPENSSL_free(again);
	return same;
}

/* The only signer of what must be a detached signature over data. NULL if it is something else. */
static CMS_SignerInfo *find_signer(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *signers;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed || CMS_is_detached(cms) != 1 ||
		OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return NULL;
	signers = CMS_get0_SignerInfos(cms);
	return sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
}

/* The value of a signed attribute that must be there once, with one value; or NULL. */
static const void *attribute(CMS_SignerInfo *signer, int nid, int type)
{
	return CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), -3, type);
}

/* The algorithm's number; NID_undef when it has parameters, which could say anything. */
static int algorithm(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	int parameters;

	X509_ALGOR_get0(&object, &parameters, NULL, algorithm);
	return parameters == V_ASN1_UNDEF || parameters == V_ASN1_NULL ? OBJ_obj2nid(object) : NID_undef;
}

static bool algorithms_are_good(CMS_SignerInfo *signer)
{
	X509_ALGOR *digest, *signature;
	int nid;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &signature);
	nid = algorithm(signature);
	return algorithm(digest) == NID_sha256 &&
		(nid == NID_rsaEncryption || nid == NID_sha256WithRSAEncryption);
}

static time_t signing_time_of(CMS_SignerInfo *signer)
{
	const ASN1_TIME *time = attribute(signer, NID_pkcs9_signingTime, V_ASN1_UTCTIME);
	struct tm tm;

	if (!time)
		time = attribute(signer, NID_pkcs9_signingTime, V_ASN1_GENERALIZEDTIME);
	return time && ASN1_TIME_to_tm(time, &tm) == 1 ? timegm(&tm) : -1;
}

/* libcrypto takes names for the same that differ in case or in their encoding; this does not. */
static bool same_name(const X509_NAME *a, const X509_NAME *b)
{
	const uint8_t *a_der, *b_der;
	size_t a_size, b_size;

	return X509_NAME_get0_der(a, &a_der, &a_size) == 1 &&
		X509_NAME_get0_der(b, &b_der, &b_size) == 1 && a_size == b_size &&
		!memcmp(a_der, b_der, a_size);
}

static bool signer_is(CMS_SignerInfo *signer, const X509 *certificate)
{
	X509 *same = (X509 *)(uintptr_t)certificate;
	X509_NAME *issuer = NULL;

	if (CMS_SignerInfo_get0_signer_id(signer, NULL, &issuer, NULL) != 1 || !issuer ||
		CMS_SignerInfo_cert_cmp(signer, same) != 0 ||
		!same_name(issuer, X509_get_issuer_name(certificate)))
		return false;
	CMS_SignerInfo_set1_signer_cert(signer, same);
	return true;
}

/* What the signer says about the digest, and what it signed: the attributes. */
static enum hab_reason check_signer(CMS_SignerInfo *signer, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE])
{
	const ASN1_OBJECT *type = attribute(signer, NID_pkcs9_contentType, V_ASN1_OBJECT);
	const ASN1_OCTET_STRING *digest = attribute(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
	const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(signer);

	if (!algorithms_are_good(signer))
		return hab_reject(detail, HAB_SIGNATURE_ALGORITHM, "the %s signature", role->name);
	if (OBJ_obj2nid(type) != NID_pkcs7_data || !digest || signature->length < 0 ||
		(size_t)signature->length > sizeof(ret->signature))
		return hab_reject(detail, HAB_SIGNATURE_FORM,
			"the %s signature's attributes, or its length", role->name);
	if (!signer_is(signer, ret->certificate))
		return hab_reject(detail, HAB_SIGNATURE_SIGNER, "the %s signature", role->name);
	if (digest->length != SIGNED_DATA_DIGEST_SIZE ||
		memcmp(digest->data, ret->digest, SIGNED_DATA_DIGEST_SIZE) != 0)
		return hab_reject(detail, role->digest,
			"SHA-256 of the signed bytes is not the one in the signature");
	if (CMS_SignerInfo_verify(signer) != 1)
		return hab_reject(detail, role->signature, "it is not one by the key of the certificate");
	ret->time = signing_time_of(signer);
	ret->signature_size = (size_t)signature->length;
	memcpy(ret->signature, signature->data, ret->signature_size);
	return HAB_ACCEPTED;
}

enum hab_reason hab_check_signature(const struct der *structure, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE])
{
	const uint8_t *data = structure->data + HAB_HEADER_SIZE, *at = data;
	size_t size = structure->size - HAB_HEADER_SIZE;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	CMS_SignerInfo *signer = cms && is_der(cms, data, size) ? find_signer(cms) : NULL;
	enum hab_reason reason;

	if (signer)
		reason = check_signer(signer, role, ret, detail);
	else
		reason = hab_reject(detail, HAB_SIGNATURE_FORM, "the %s signature", role->name);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return reason;
}

static bool read_claims(CMS_SignerInfo *signer, uint8_t ret_digest[static SIGNED_DATA_DIGEST_SIZE],
	time_t *ret_time, struct text *name)
{
	const ASN1_OCTET_STRING *digest = attribute(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;

	if (!digest || digest->length != SIGNED_DATA_DIGEST_SIZE ||
		CMS_SignerInfo_get0_signer_id(signer, NULL, &issuer, &serial) != 1 || !issuer || !serial)
		return false;
	memcpy(ret_digest, digest->data, SIGNED_DATA_DIGEST_SIZE);
	*ret_time = signing_time_of(signer);
	text_add(name, "serial ");
	text_add_hex(name, serial->data, serial->length > 0 ? (size_t)serial->length : 0);
	text_add(name, " of ");
	describe_name(name, issuer);
	return true;
}

bool hab_claimed_signature(const struct der *structure, uint8_t ret_digest[static SIGNED_DATA_DIGEST_SIZE],
	time_t *ret_time, struct text *signer)
{
	const uint8_t *data = structure->data + HAB_HEADER_SIZE, *at = data;
	size_t size = structure->size - HAB_HEADER_SIZE;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	CMS_SignerInfo *found = cms && at == data + size ? find_signer(cms) : NULL;
	bool good = found && read_claims(found, ret_digest, ret_time, signer);

	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return good;
}
