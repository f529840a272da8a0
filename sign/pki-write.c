// SPDX-License-Identifier: Apache-2.0
// Writes keys, encrypted, and certificates into files.

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <string.h>

#include "pki-tree.h"
#include "sign.h"

/*
 * scrypt (RFC 7914), which takes memory as well as time from whoever tries passphrases: 16 MiB, and
 * some 40 ms each. PKCS#8 with it is read by OpenSSL 1.1.0 and later, and so by NXP's CST.
 */
#define SCRYPT_N (1u << 14)
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SALT_SIZE 16

int pki_write_certificate(const char *file, const X509 *certificate)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int status = STATUS_USAGE;
	char *data;
	long size;

	if (bio && PEM_write_bio_X509(bio, certificate) == 1) {
		size = BIO_get_mem_data(bio, &data);
		status = write_whole(file, 0644, (const uint8_t *)data, (size_t)size);
	} else {
		fail_file(file, "the certificate cannot be encoded");
	}
	BIO_free(bio);
	return status;
}

static X509_SIG *encrypt(const EVP_PKEY *key, const char *passphrase)
{
	X509_ALGOR *method = PKCS5_pbe2_set_scrypt(
		EVP_aes_256_cbc(), NULL, SALT_SIZE, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
	PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
	X509_SIG *encrypted = NULL;

	if (method && plain)
		encrypted = PKCS8_set0_pbe(passphrase, (int)strlen(passphrase), plain, method);
	if (!encrypted)
		X509_ALGOR_free(method);
	PKCS8_PRIV_KEY_INFO_free(plain); // clears it
	return encrypted;
}

int pki_write_key(const char *file, const EVP_PKEY *key, const char *passphrase)
{
	BIO *bio = BIO_new(BIO_s_mem());
	X509_SIG *encrypted = encrypt(key, passphrase);
	int status = STATUS_USAGE;
	char *data;
	long size;

	if (bio && encrypted && PEM_write_bio_PKCS8(bio, encrypted) == 1) {
		size = BIO_get_mem_data(bio, &data);
		status = write_whole(file, 0600, (const uint8_t *)data, (size_t)size);
	} else {
		fail_file(file, "the key cannot be encrypted: %s",
			ERR_reason_error_string(ERR_peek_error()));
	}
	X509_SIG_free(encrypted);
	BIO_free(bio);
	return status;
}
