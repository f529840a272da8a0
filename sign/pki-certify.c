// SPDX-License-Identifier: Apache-2.0
/*
 * Makes certificates. Their extensions are those of NXP's PKI scripts, without the comment, so that
 * the boot ROM meets nothing that it has not met before.
 */

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "pki-tree.h"

#define VERSION_3 2 /* RFC 5280 section 4.1.2.1 */
#define SERIAL_SIZE 8
#define SECONDS_PER_DAY 86400

struct extension {
	int nid;
	const char *value;
};

static const struct extension ca_extensions[] = {
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always,issuer:always" },
	{ NID_basic_constraints, "critical,CA:true" },
	{ NID_key_usage, "keyCertSign" },
	{ 0, NULL },
};

static const struct extension hab_extensions[] = {
	{ NID_basic_constraints, "CA:FALSE" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid,issuer" },
	{ 0, NULL },
};

static const struct extension code_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "codeSigning" },
	{ NID_subject_key_identifier, "hash" },
	{ 0, NULL },
};

static const struct extension *extensions_of(enum pki_role role)
{
	if (role == PKI_CA || role == PKI_SRK)
		return ca_extensions;
	return role == PKI_CSF || role == PKI_IMG ? hab_extensions : code_extensions;
}

static bool set_extensions(X509 *certificate, X509 *issuer, enum pki_role role)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	for (const struct extension *e = extensions_of(role); e->value; e++) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, e->nid, e->value);
		bool good = extension && X509_add_ext(certificate, extension, -1) == 1;

		X509_EXTENSION_free(extension);
		if (!good)
			return false;
	}
	return true;
}

static bool add_to_name(X509_NAME *name, const char *field, const char *value)
{
	return X509_NAME_add_entry_by_txt(
		       name, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool set_names(X509 *certificate, const X509 *issuer, const struct pki_subject *subject)
{
	X509_NAME *name = X509_NAME_new();
	bool good = name &&
		    (!subject->is_development || add_to_name(name, "OU", PKI_DEVELOPMENT_UNIT)) &&
		    add_to_name(name, "CN", subject->common_name) &&
		    X509_set_subject_name(certificate, name) == 1 &&
		    X509_set_issuer_name(certificate,
			    issuer == certificate ? name : X509_get_subject_name(issuer)) == 1;

	X509_NAME_free(name);
	return good;
}

/*
 * From the key: signatures name their certificate by issuer and serial number, so no two keys may
 * share one, not even of two trees with the same names; and the same keys give the same
 * certificates. The highest bits are fixed so that all serial numbers have one size, and all
 * signatures with them.
 */
static bool set_serial(X509 *certificate, const EVP_PKEY *key)
{
	uint8_t modulus[512], digest[SHA256_DIGEST_LENGTH]; // RSA-4096 at most
	BIGNUM *n = NULL, *serial = NULL;
	bool good = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		    BN_num_bytes(n) <= (int)sizeof(modulus);

	if (good) {
		SHA256(modulus, (size_t)BN_bn2bin(n, modulus), digest);
		digest[0] = (digest[0] & 0x3f) | 0x40;
		serial = BN_bin2bn(digest, SERIAL_SIZE, NULL);
	}
	good = serial && BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate));
	BN_free(n);
	BN_free(serial);
	return good;
}

static bool set_times(X509 *certificate, const struct pki_subject *subject)
{
	return ASN1_TIME_set(X509_getm_notBefore(certificate), subject->start) &&
	       ASN1_TIME_set(X509_getm_notAfter(certificate),
		       subject->start + (time_t)subject->days * SECONDS_PER_DAY);
}

/*
 * The public half, for libcrypto's own provider: a certificate that refers to a key in a token
 * would have the token verify.
 */
static bool set_key(X509 *certificate, const EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int size = i2d_PUBKEY(key, &der);
	const unsigned char *at = der;
	EVP_PKEY *public = size > 0 ? d2i_PUBKEY(NULL, &at, size) : NULL;
	bool good = public && X509_set_pubkey(certificate, public) == 1;

	EVP_PKEY_free(public);
	OPENSSL_free(der);
	return good;
}

// In one go: SoftHSM cannot go on from the middle, which pkcs11-provider 1.3 asks of it otherwise.
static bool sign(X509 *certificate, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1;

	if (good) {
		EVP_MD_CTX_set_flags(context, EVP_MD_CTX_FLAG_FINALISE);
		good = X509_sign_ctx(certificate, context) > 0;
	}
	EVP_MD_CTX_free(context);
	return good;
}

X509 *pki_certify(const struct pki_subject *subject, EVP_PKEY *key, const struct signer *issuer)
{
	X509 *certificate = X509_new(), *parent = issuer ? issuer->certificate : certificate;
	EVP_PKEY *signs = issuer ? issuer->key : key;

	if (certificate && X509_set_version(certificate, VERSION_3) == 1 &&
		set_names(certificate, parent, subject) && set_serial(certificate, key) &&
		set_times(certificate, subject) && set_key(certificate, key) &&
		set_extensions(certificate, parent, subject->role) && sign(certificate, signs) &&
		X509_verify(certificate, X509_get0_pubkey(parent)) == 1)
		return certificate;
	X509_free(certificate);
	return NULL;
}
