// SPDX-License-Identifier: Apache-2.0
// Private keys in files, and certificates; see key.h. Keys in tokens: token.c.

#include <libgen.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "secret.h"
#include "sign.h"
#include "signed-data.h"
#include "token.h"

#define KEY_FILE_MAX (64u << 10) /* an RSA-4096 key takes 4 KiB */

// What libcrypto asks with, when a key turns out to be encrypted.
struct request {
	const char *passphrase_file;
	const char *directory; // one question for all keys that lie together
	bool asked, answered;
};

static int give_passphrase(char *buffer, int size, int is_writing, void *data)
{
	struct request *request = data;
	const char *passphrase;
	size_t length;

	(void)is_writing;
	if (request->asked && !request->answered)
		return -1; // libcrypto tries several forms: it was said once why there is none
	request->asked = true;
	passphrase =
		secret_get(SECRET_PASSPHRASE, request->passphrase_file, request->directory, false);
	length = passphrase ? strlen(passphrase) : 0;
	if (!length || length > (size_t)size)
		return -1;
	request->answered = true;
	memcpy(buffer, passphrase, length);
	return (int)length;
}

static EVP_PKEY *read_key(BIO *bio, const char *file, const struct secrets *secrets)
{
	char *path = strdup(file);
	struct request request = { secrets->passphrase_file, path ? dirname(path) : file, false,
		false };
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &request);

	ERR_clear_error();
	if (!key && request.answered)
		fail_file(file, "the passphrase does not open this key");
	else if (!key && !request.asked)
		fail_file(file, "holds no private key in PEM");
	free(path);
	return key;
}

EVP_PKEY *key_open(const char *where, const struct secrets *secrets)
{
	EVP_PKEY *key = NULL;
	size_t size;
	uint8_t *data;
	BIO *bio;

	secret_protect();
	if (!strncasecmp(where, TOKEN_SCHEME, strlen(TOKEN_SCHEME)))
		return token_open(where, secrets);
	data = read_whole(where, KEY_FILE_MAX, &size);
	if (!data)
		return NULL;
	if (size > KEY_FILE_MAX) {
		fail_file(where, "is too large for a key");
	} else {
		bio = BIO_new_mem_buf(data, (int)size);
		key = bio ? read_key(bio, where, secrets) : NULL;
		BIO_free(bio);
	}
	OPENSSL_cleanse(data, size);
	free(data);
	return key;
}

// One certificate, with nothing of the kind behind it: which one is meant must not be a question.
static X509 *read_pem_certificate(const uint8_t *data, size_t size)
{
	BIO *bio = BIO_new_mem_buf(data, (int)size);
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	X509 *second = certificate ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	if (second) {
		X509_free(certificate);
		certificate = NULL;
	}
	X509_free(second);
	BIO_free(bio);
	return certificate;
}

static X509 *read_der_certificate(const uint8_t *data, size_t size)
{
	const unsigned char *at = data;
	X509 *certificate = d2i_X509(NULL, &at, (long)size);

	if (certificate && at != data + size) {
		X509_free(certificate);
		certificate = NULL;
	}
	return certificate;
}

X509 *certificate_read(const char *file)
{
	size_t size;
	uint8_t *data = read_whole(file, KEY_FILE_MAX, &size);
	X509 *certificate = NULL;

	if (!data)
		return NULL;
	if (size <= KEY_FILE_MAX)
		certificate = read_pem_certificate(data, size);
	if (!certificate && size <= KEY_FILE_MAX)
		certificate = read_der_certificate(data, size);
	ERR_clear_error();
	free(data);
	if (!certificate)
		fail_file(file, "holds no single certificate, PEM or DER");
	return certificate;
}

/*
 * Compared by number: EVP_PKEY_eq() wants both keys in one provider, and the one in a token is in
 * another. Both are RSA with the same exponent.
 */
static bool is_same_key(const EVP_PKEY *a, const EVP_PKEY *b)
{
	BIGNUM *n_a = NULL, *n_b = NULL;
	bool same = EVP_PKEY_get_bn_param(a, OSSL_PKEY_PARAM_RSA_N, &n_a) == 1 &&
		    EVP_PKEY_get_bn_param(b, OSSL_PKEY_PARAM_RSA_N, &n_b) == 1 && !BN_cmp(n_a, n_b);

	BN_free(n_a);
	BN_free(n_b);
	return same;
}

// Both are checked: a certificate from anywhere may lie beside a key from anywhere.
static int check_key(const char *file, const char *what, const EVP_PKEY *key)
{
	const char *fault = signed_data_key_fault(key);

	return fault ? refuse_file(file, "%s %s", what, fault) : 0;
}

int signer_open(const char *key, const char *certificate, const struct secrets *secrets,
	struct signer *ret)
{
	struct signer signer = { NULL, certificate_read(certificate) };
	int status = STATUS_USAGE;

	if (signer.certificate)
		status = check_key(certificate, "its key", X509_get0_pubkey(signer.certificate));
	if (!status) {
		signer.key = key_open(key, secrets);
		status = signer.key ? check_key(key, "it", signer.key) : STATUS_USAGE;
	}
	if (!status && !is_same_key(X509_get0_pubkey(signer.certificate), signer.key))
		status = refuse_file(key, "is not the key of the certificate %s", certificate);
	if (status) {
		signer_close(&signer);
		return status;
	}
	*ret = signer;
	return 0;
}

void signer_close(struct signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->certificate);
	*signer = (struct signer){ NULL, NULL };
}
