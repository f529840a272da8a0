// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the signature of a PE file, beside OpenSSL's reader: where both take it, both find the same.

#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/authenticode.c"
#include "../../src/der.c"
#include "bytes.h"

static void check_bounds(const uint8_t *data, size_t size, const struct authenticode *a)
{
	if (!memchr(a->signer, 0, sizeof(a->signer)) || a->serial_size > sizeof(a->serial) ||
		a->certificate < data || !range_within((size_t)(a->certificate - data), a->certificate_size, size))
		abort();
	for (const char *c = a->signer; *c; c++) {
		if (*c < ' ' || *c > '~')
			abort();
	}
}

// OpenSSL also takes what is no DER, and says nothing of it: so only what it finds is compared.
static void compare(const uint8_t *data, size_t size, const struct authenticode *a)
{
	const uint8_t *at = data, *certificate = a->certificate;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, (long)size);
	X509 *own = d2i_X509(NULL, &certificate, (long)a->certificate_size);
	STACK_OF(PKCS7_SIGNER_INFO) *signers = pkcs7 ? PKCS7_get_signer_info(pkcs7) : NULL;

	if (pkcs7 && (at != data + size || !PKCS7_type_is_signed(pkcs7) || sk_PKCS7_SIGNER_INFO_num(signers) != 1 ||
			sk_X509_num(pkcs7->d.sign->cert) != 1))
		abort();
	if (pkcs7 && own) {
		PKCS7_ISSUER_AND_SERIAL *who = sk_PKCS7_SIGNER_INFO_value(signers, 0)->issuer_and_serial;

		if (certificate != a->certificate + a->certificate_size ||
			X509_cmp(own, sk_X509_value(pkcs7->d.sign->cert, 0)) ||
			ASN1_INTEGER_cmp(who->serial, X509_get_serialNumber(own)))
			abort();
	}
	PKCS7_free(pkcs7);
	X509_free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct authenticode a;

	if (!authenticode_parse(data, size, &a)) {
		check_bounds(data, size, &a);
		compare(data, size, &a);
	}
	return 0;
}
