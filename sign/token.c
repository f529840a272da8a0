// SPDX-License-Identifier: Apache-2.0
// Opens keys in PKCS#11 tokens, and says why that failed; see token.h.

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"
#include "sign.h"
#include "token-uri.h"

// Errors of a token, as PKCS#11 numbers them (pkcs11t.h); the engine gives them on.
#define CKR_PIN_INCORRECT 0xa0
#define CKR_PIN_LOCKED 0xa4

int token_give_pin(char *buffer, int size, int is_writing, void *data)
{
	struct token_request *request = data;
	size_t length = strlen(request->pin);

	(void)is_writing;
	if (request->logins++ || length > (size_t)size)
		return -1;
	memcpy(buffer, request->pin, length);
	return (int)length;
}

// What the token has against the PIN, by libcrypto's error queue, which is empty then; or 0.
static int take_pin_error(void)
{
	unsigned long error;
	int reason = 0;

	while ((error = ERR_get_error())) {
		if (ERR_GET_REASON(error) == CKR_PIN_INCORRECT ||
			ERR_GET_REASON(error) == CKR_PIN_LOCKED)
			reason = ERR_GET_REASON(error);
	}
	return reason;
}

static void say_why(struct token_request *request, bool by_provider)
{
	int pin_error = take_pin_error();

	if (!request->logins)
		fail_file(request->uri, "there is no such token: is it plugged in, and does "
					"`p11-kit list-modules` show it?");
	else if (pin_error == CKR_PIN_LOCKED)
		fail_file(request->uri, "the token is locked: too many wrong PINs");
	else if (pin_error || (by_provider && token_has_public_half(request)))
		fail_file(request->uri,
			"the token refused the PIN. It was tried once; a token locks itself after "
			"a few wrong ones");
	else
		fail_file(request->uri, "the token has no such private key%s",
			by_provider ? ", or it refused the PIN" : "");
}

static EVP_PKEY *open_key(struct token_request *request)
{
	bool no_provider, no_engine = false;
	EVP_PKEY *key = token_by_provider(request, &no_provider);

	if (no_provider)
		key = token_by_engine(request, &no_engine);
	if (no_engine)
		fail_file(request->uri,
			"OpenSSL has no way to tokens on this machine: install the Debian package "
			"libengine-pkcs11-openssl (Debian 12) or pkcs11-provider (later)");
	else if (!key)
		say_why(request, !no_provider);
	ERR_clear_error();
	return key;
}

EVP_PKEY *token_open(const char *uri, const struct secrets *secrets)
{
	struct token_request request = { 0 };
	char *pin_file, *token;
	EVP_PKEY *key = NULL;

	if (token_parse_uri(uri, secrets->pin_file, &request, &pin_file))
		return NULL;
	token = strndup(request.uri, strcspn(request.uri, ";"));
	request.pin = secret_get(SECRET_PIN, pin_file, token ? token : request.uri, false);
	if (request.pin)
		key = open_key(&request);
	free(token);
	free(pin_file);
	free(request.module);
	return key;
}
