// SPDX-License-Identifier: Apache-2.0
// Opens a key in a token through OpenSSL's provider "pkcs11" (Debian package pkcs11-provider).

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdlib.h>

#include "text.h"
#include "token.h"

// The variable that the provider takes its module from; see provider-pkcs11(7).
#define MODULE_VARIABLE "PKCS11_PROVIDER_MODULE"

#define KEEP_DEFAULT 1

/*
 * Once, for the rest of the program: keys refer to it. Everything that needs no token stays with
 * OpenSSL's own provider. SoftHSM, for one, computes with libcrypto itself, and would wait for
 * itself for good.
 */
static bool load_provider(const char *module)
{
	static bool loaded;

	if (loaded)
		return true;
	if (module && setenv(MODULE_VARIABLE, module, true))
		return false;
	loaded = OSSL_PROVIDER_try_load(NULL, "pkcs11", KEEP_DEFAULT) &&
		EVP_set_default_properties(NULL, "?provider=default") == 1;
	return loaded;
}

// The first key of that kind that the URI leads to.
static EVP_PKEY *find_key(struct token_request *request, const char *kind, int type)
{
	UI_METHOD *asks = UI_UTIL_wrap_read_pem_callback(token_give_pin, 0);
	char uri[TOKEN_URI_MAX + 1];
	struct text t = TEXT_IN(uri);
	OSSL_STORE_CTX *store = NULL;
	OSSL_STORE_INFO *info;
	EVP_PKEY *key = NULL;

	text_add(&t, request->uri);
	text_add(&t, kind);
	if (asks && !t.overflow)
		store = OSSL_STORE_open(uri, asks, request, NULL, NULL);
	if (store)
		OSSL_STORE_expect(store, type);
	while (store && !key && !OSSL_STORE_eof(store) && (info = OSSL_STORE_load(store))) {
		key = type == OSSL_STORE_INFO_PKEY ? OSSL_STORE_INFO_get1_PKEY(info) :
			OSSL_STORE_INFO_get1_PUBKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	OSSL_STORE_close(store);
	UI_destroy_method(asks);
	return key;
}

EVP_PKEY *token_by_provider(struct token_request *request, bool *ret_missing)
{
	*ret_missing = !load_provider(request->module);
	return *ret_missing ? NULL : find_key(request, ";type=private", OSSL_STORE_INFO_PKEY);
}

bool token_has_public_half(struct token_request *request)
{
	EVP_PKEY *key = find_key(request, ";type=public", OSSL_STORE_INFO_PUBKEY);

	EVP_PKEY_free(key);
	return key;
}
