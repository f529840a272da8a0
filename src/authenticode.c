// SPDX-License-Identifier: Apache-2.0
// The form of an Authenticode signature. The kernel's parser (crypto/asymmetric_keys/pkcs7.asn1)
// takes more than one certificate and signer, is satisfied if any of the signers is good, and
// passes over attributes that nobody signed. Here the structure has one shape, so that what is
// reported and what the kernel verifies cannot be two different things.

#include "authenticode.h"

#include <stdbool.h>
#include <string.h>

#include "der.h"

/* Object identifiers, as encoded. */
static const uint8_t signed_data_oid[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const uint8_t spc_indirect_data_oid[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04 /* 1.3.6.1.4.1.311.2.1.4 */
};
static const uint8_t spc_pe_image_data_oid[] = {
	0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0f /* 1.3.6.1.4.1.311.2.1.15 */
};
static const uint8_t sha256_oid[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
static const uint8_t common_name_oid[] = { 0x55, 0x04, 0x03 };

struct certificate {
	struct der whole, serial, issuer, subject;
};

static bool read_oid(struct der *in, const uint8_t *oid, size_t size)
{
	struct der content;

	return der_read(in, DER_OID, &content) && der_is(&content, oid, size);
}

/* INTEGER with the value 1, the version of both SignedData and SignerInfo. */
static bool read_version_1(struct der *in)
{
	struct der content;

	return der_read(in, DER_INTEGER, &content) && der_is(&content, (const uint8_t[]){ 1 }, 1);
}

/* The parameters of an AlgorithmIdentifier: none, or NULL. Any others could hide something. */
static bool no_parameters(struct der *in)
{
	struct der content;

	if (in->size == 0)
		return true;
	return der_read(in, DER_NULL, &content) && content.size == 0 && in->size == 0;
}

static bool read_sha256(struct der *in)
{
	struct der algorithm;

	return der_read(in, DER_SEQUENCE, &algorithm) &&
	       read_oid(&algorithm, sha256_oid, sizeof(sha256_oid)) && no_parameters(&algorithm);
}

/*
 * SpcIndirectDataContent ::= SEQUENCE { data SEQUENCE { type, value }, messageDigest DigestInfo }
 * (the kernel's mscode.asn1)
 */
static bool read_indirect_data(struct der *in, uint8_t digest[static AUTHENTICODE_DIGEST_SIZE])
{
	struct der content, data, info, value;

	if (!der_read(in, DER_SEQUENCE, &content) || in->size > 0 ||
		!der_read(&content, DER_SEQUENCE, &data) ||
		!der_read(&content, DER_SEQUENCE, &info) || content.size > 0)
		return false;
	if (!read_oid(&data, spc_pe_image_data_oid, sizeof(spc_pe_image_data_oid)))
		return false;
	if (!read_sha256(&info) || !der_read(&info, DER_OCTET_STRING, &value) || info.size > 0)
		return false;
	if (value.size != AUTHENTICODE_DIGEST_SIZE)
		return false;
	memcpy(digest, value.data, AUTHENTICODE_DIGEST_SIZE);
	return true;
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] } */
static bool read_content(struct der *in, uint8_t digest[static AUTHENTICODE_DIGEST_SIZE])
{
	struct der info, content;

	return der_read(in, DER_SEQUENCE, &info) &&
	       read_oid(&info, spc_indirect_data_oid, sizeof(spc_indirect_data_oid)) &&
	       der_read(&info, DER_CONTEXT(0), &content) && info.size == 0 &&
	       read_indirect_data(&content, digest);
}

/* The common name in a Name ::= SEQUENCE OF SET OF SEQUENCE { type, value }; its first, if any. */
static bool find_common_name(struct der name, struct der *ret)
{
	*ret = (struct der){ NULL, 0 };
	while (name.size > 0) {
		struct der set, pair, type, value;
		uint8_t tag;

		if (!der_read(&name, DER_SET, &set))
			return false;
		while (set.size > 0) {
			if (!der_read(&set, DER_SEQUENCE, &pair) ||
				!der_read(&pair, DER_OID, &type) ||
				!der_read_any(&pair, &tag, &value) || pair.size > 0)
				return false;
			if (!ret->data && der_is(&type, common_name_oid, sizeof(common_name_oid)))
				*ret = value;
		}
	}
	return true;
}

/* RFC 5280 section 4.1; what follows the subject is the kernel's to judge. */
static bool read_certificate(struct der *in, struct certificate *ret)
{
	const uint8_t *start = in->data;
	struct der outer, tbs;

	if (!der_read(in, DER_SEQUENCE, &outer))
		return false;
	ret->whole = (struct der){ start, (size_t)(in->data - start) };
	if (!der_read(&outer, DER_SEQUENCE, &tbs) || !der_skip(&outer, DER_SEQUENCE) ||
		!der_skip(&outer, DER_BIT_STRING) || outer.size > 0)
		return false;
	if (der_peek(&tbs, DER_CONTEXT(0)) && !der_skip(&tbs, DER_CONTEXT(0))) /* version */
		return false;
	return der_read(&tbs, DER_INTEGER, &ret->serial) && ret->serial.size > 0 &&
	       ret->serial.size <= AUTHENTICODE_SERIAL_MAX && der_skip(&tbs, DER_SEQUENCE) &&
	       der_read(&tbs, DER_SEQUENCE, &ret->issuer) && der_skip(&tbs, DER_SEQUENCE) &&
	       der_read(&tbs, DER_SEQUENCE, &ret->subject);
}

/* SignerInfo, up to the digest algorithm: the signer must be the certificate's owner. */
static const char *read_signer_identity(struct der *in, const struct certificate *certificate)
{
	struct der identity, issuer, serial;

	if (!read_version_1(in) || !der_read(in, DER_SEQUENCE, &identity) ||
		!der_read(&identity, DER_SEQUENCE, &issuer) ||
		!der_read(&identity, DER_INTEGER, &serial) || identity.size > 0)
		return "the signer is not named by issuer and serial number";
	if (!der_equal(&issuer, &certificate->issuer) || !der_equal(&serial, &certificate->serial))
		return "the signer is not the certificate's owner";
	return NULL;
}

static const char *read_signer(struct der *in, const struct certificate *certificate)
{
	struct der signer, algorithm;
	const char *wrong;

	if (!der_read(in, DER_SEQUENCE, &signer))
		return "no signer";
	if (in->size > 0)
		return "more than one signer";
	wrong = read_signer_identity(&signer, certificate);
	if (wrong)
		return wrong;
	if (!read_sha256(&signer))
		return "the signer's digest is not SHA-256";
	if (!der_skip(&signer, DER_CONTEXT(0)))
		return "no signed attributes";
	if (!der_read(&signer, DER_SEQUENCE, &algorithm) || !der_skip(&algorithm, DER_OID) ||
		!no_parameters(&algorithm) || !der_skip(&signer, DER_OCTET_STRING))
		return "malformed signer";
	if (signer.size > 0)
		return "attributes that nobody signed";
	return NULL;
}

/*
 * SignedData ::= SEQUENCE { version, digestAlgorithms, contentInfo, certificates [0], signerInfos }
 */
static const char *read_signed_data(struct der *in, uint8_t digest[static AUTHENTICODE_DIGEST_SIZE],
	struct certificate *certificate)
{
	struct der algorithms, certificates, signers;

	if (!read_version_1(in) || !der_read(in, DER_SET, &algorithms) ||
		!read_sha256(&algorithms) || algorithms.size > 0)
		return "not version 1 with SHA-256 alone";
	if (!read_content(in, digest))
		return "the content is not the SHA-256 digest of a PE image";
	if (!der_read(in, DER_CONTEXT(0), &certificates))
		return "no certificate";
	if (!read_certificate(&certificates, certificate))
		return "malformed certificate";
	if (certificates.size > 0)
		return "more than one certificate";
	if (!der_read(in, DER_SET, &signers) || in->size > 0)
		return "malformed signers";
	return read_signer(&signers, certificate);
}

static void copy_printable(char buffer[static AUTHENTICODE_SIGNER_MAX], const struct der *name)
{
	size_t size =
		name->size < AUTHENTICODE_SIGNER_MAX ? name->size : AUTHENTICODE_SIGNER_MAX - 1;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = name->data[i];

		buffer[i] = c >= ' ' && c <= '~' && c != '"' && c != '\\' ? (char)c : '?';
	}
	buffer[size] = '\0';
}

const char *authenticode_parse(const uint8_t *data, size_t size, struct authenticode *ret)
{
	struct der in = { data, size }, info, content, signed_data, name;
	struct certificate certificate;
	struct authenticode found = { .signer = "" };
	const char *wrong;

	if (!der_read(&in, DER_SEQUENCE, &info))
		return "not DER";
	if (in.size > 0)
		return "bytes behind the signature";
	if (!read_oid(&info, signed_data_oid, sizeof(signed_data_oid)) ||
		!der_read(&info, DER_CONTEXT(0), &content) || info.size > 0 ||
		!der_read(&content, DER_SEQUENCE, &signed_data) || content.size > 0)
		return "not PKCS#7 SignedData";
	wrong = read_signed_data(&signed_data, found.digest, &certificate);
	if (wrong)
		return wrong;
	if (!find_common_name(certificate.subject, &name))
		return "malformed certificate";
	copy_printable(found.signer, &name);
	memcpy(found.serial, certificate.serial.data, certificate.serial.size);
	found.serial_size = certificate.serial.size;
	found.certificate = certificate.whole.data;
	found.certificate_size = certificate.whole.size;
	*ret = found;
	return NULL;
}
