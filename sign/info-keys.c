// SPDX-License-Identifier: Apache-2.0
// bbsign info for certificates, private keys, SRK tables and fuse files.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "bytes.h"
#include "hab-parse.h"
#include "info.h"
#include "pki.h"
#include "srk.h"

#define SERIAL_MAX 64 /* bytes of a serial number that are told; RFC 5280 allows 20 */

/* What the certificate is for, by what is in it; names are NXP's and ours (pki.h). */
static const char *purpose_of(X509 *certificate)
{
	static const struct {
		const char *start, *purpose;
	} names[] = { { "SRK", "super root key: signs CSF and image certificates" },
		{ "CSF", "signs commands for the boot ROM" }, { "IMG", "signs images for the boot ROM" },
		{ "CA", "root of the HAB tree" } };
	char name[64] = "";

	if (pki_has_purpose(certificate, PKI_KERNEL))
		return "signs kernels";
	if (pki_has_purpose(certificate, PKI_MODULE))
		return "signs kernel modules";
	if (pki_has_purpose(certificate, PKI_INSTALLER))
		return "signs installers";
	X509_NAME_get_text_by_NID(
		X509_get_subject_name(certificate), NID_commonName, name, sizeof(name));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i].start, strlen(names[i].start)))
			return names[i].purpose;
	return "not one of bbsign's";
}

static time_t time_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? timegm(&tm) : -1;
}

static void tell_fingerprint(struct info *info, X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size;

	if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1)
		info_hex(info, "sha256", digest, size);
}

void info_certificate(struct info *info, X509 *certificate)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	size_t size = serial->length > 0 ? (size_t)serial->length : 0;
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;

	info_word(info, "purpose", "%s", purpose_of(certificate));
	info_word(info, "for", "%s", pki_is_development(certificate) ? "development" :
		"production, as it is not marked for development");
	info_name(info, "subject", X509_get_subject_name(certificate));
	info_name(info, "issuer", X509_get_issuer_name(certificate));
	info_hex(info, "serial", serial->data, size < SERIAL_MAX ? size : SERIAL_MAX);
	info_word(info, "authority", "%s", X509_check_ca(certificate) ? "yes" : "no");
	if (key)
		info_word(info, "key", "%s-%d", type ? type : "unknown", EVP_PKEY_get_bits(key));
	info_time(info, "valid_from", time_of(X509_get0_notBefore(certificate)));
	info_time(info, "valid_until", time_of(X509_get0_notAfter(certificate)));
	tell_fingerprint(info, certificate);
}

static X509 *read_pem(const uint8_t *data, size_t size)
{
	BIO *bio = size <= INT32_MAX ? BIO_new_mem_buf(data, (int)size) : NULL;
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	return certificate;
}

static X509 *read_der(const uint8_t *data, size_t size)
{
	const uint8_t *at = data;
	X509 *certificate = size <= INT32_MAX ? d2i_X509(NULL, &at, (long)size) : NULL;

	if (certificate && at != data + size) {
		X509_free(certificate);
		certificate = NULL;
	}
	return certificate;
}

static bool contains(const uint8_t *data, size_t size, const char *what)
{
	return memmem(data, size, what, strlen(what)) != NULL;
}

bool info_certificate_file(struct info *info, const uint8_t *data, size_t size)
{
	bool is_pem = contains(data, size, "-----BEGIN CERTIFICATE-----");
	X509 *certificate = is_pem ? read_pem(data, size) : read_der(data, size);

	ERR_clear_error();
	if (!certificate)
		return false;
	info_word(info, "kind", "certificate, %s", is_pem ? "PEM" : "DER");
	info_certificate(info, certificate);
	X509_free(certificate);
	ERR_clear_error();
	return true;
}

bool info_private_key(struct info *info, const uint8_t *data, size_t size)
{
	bool encrypted = contains(data, size, "-----BEGIN ENCRYPTED PRIVATE KEY-----") ||
		contains(data, size, "Proc-Type: 4,ENCRYPTED");

	if (!encrypted && !contains(data, size, "PRIVATE KEY-----"))
		return false;
	info_word(info, "kind", "private key, %s",
		encrypted ? "encrypted" : "NOT encrypted: whoever reads this file can sign");
	return true;
}

static void info_fuse_words(struct info *info, const uint8_t fuses[static 32])
{
	info_open(info, "fuse_words", '[');
	for (size_t i = 0; i < 8; i++)
		info_word(info, "word", "0x%08x", get_le32(fuses + 4 * i));
	info_close(info);
}

bool info_srk_table(struct info *info, const uint8_t *data, size_t size)
{
	uint8_t fuses[SRK_FUSES_SIZE];
	struct srk_table table;

	if (size < HAB_HEADER_SIZE || data[0] != HAB_TAG_KEY_TABLE || srk_table_parse(data, size, &table))
		return false;
	info_word(info, "kind", "SRK table, with the keys of four slots");
	info_open(info, "keys", '[');
	for (size_t i = 0; i < 4; i++)
		info_word(info, "slot", "%zu: RSA-%zu, %s", i, 8 * table.record[i].modulus_size,
			table.record[i].is_ca ? "may sign certificates" : "may NOT sign certificates");
	info_close(info);
	srk_fuses(&table, fuses);
	info_hex(info, "srk_hash", fuses, sizeof(fuses));
	info_fuse_words(info, fuses);
	return true;
}

/* 32 bytes have no mark: this comes after all other kinds. */
bool info_fuses(struct info *info, const uint8_t *data, size_t size)
{
	static const uint8_t zero[SRK_FUSES_SIZE];

	if (size != SRK_FUSES_SIZE)
		return false;
	info_word(info, "kind", "fuse file, by its size of 32 bytes");
	if (!memcmp(data, zero, size))
		info_word(info, "warning", "all zero: never burn it");
	info_hex(info, "srk_hash", data, size);
	info_fuse_words(info, data);
	return true;
}
