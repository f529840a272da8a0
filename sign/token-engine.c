// SPDX-License-Identifier: Apache-2.0
/*
 * Opens a key in a token through OpenSSL's engine "pkcs11" (Debian package
 * libengine-pkcs11-openssl): what there is on Debian 12. OpenSSL 3 deprecates engines and OpenSSL 4
 * has none; then this file can go.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/engine.h>
#include <openssl/ui.h>

#include "text.h"
#include "token.h"

#ifdef OPENSSL_NO_ENGINE
EVP_PKEY *token_by_engine(struct token_request *request, bool *ret_missing)
{
	(void)request;
	*ret_missing = true;
	return NULL;
}
#else

// The engine is loaded once, for the rest of the program: keys refer to it.
static ENGINE *load_engine(const char *module)
{
	static ENGINE *loaded;
	ENGINE *engine;

	if (loaded)
		return loaded;
	engine = ENGINE_by_id("pkcs11");
	if (engine && (!module || ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module, 0) == 1) &&
		ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 0) == 1 && ENGINE_init(engine) == 1)
		loaded = engine;
	ENGINE_free(engine); // ENGINE_init() has a reference of its own
	return loaded;
}

EVP_PKEY *token_by_engine(struct token_request *request, bool *ret_missing)
{
	ENGINE *engine = load_engine(request->module);
	UI_METHOD *asks;
	char uri[TOKEN_URI_MAX + 1];
	struct text t = TEXT_IN(uri);
	EVP_PKEY *key = NULL;

	*ret_missing = !engine;
	if (!engine)
		return NULL;
	text_add(&t, request->uri);
	text_add(&t, ";type=private");
	asks = UI_UTIL_wrap_read_pem_callback(token_give_pin, 0);
	if (asks && !t.overflow)
		key = ENGINE_load_private_key(engine, uri, asks, request);
	UI_destroy_method(asks);
	return key;
}
#endif
