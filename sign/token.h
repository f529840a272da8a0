/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in PKCS#11 tokens. The PIN is given to the token once: a token counts wrong ones, and locks
 * itself after a few.
 */
#ifndef BB_TOKEN_H
#define BB_TOKEN_H

#include <stdbool.h>

#include "key.h"

#define TOKEN_SCHEME "pkcs11:"
#define TOKEN_URI_MAX 1023

/* As key_open() has it, for a URI. */
EVP_PKEY *token_open(const char *uri, const struct secrets *secrets);

/* Puts ";ATTRIBUTE" behind the path of a URI, before its query. Returns the URI for free(). */
char *token_add_attribute(const char *uri, const char *attribute);

/* What the two ways to a token are given. */
struct token_request {
	char uri[TOKEN_URI_MAX + 1]; /* names token and key, without the type, and nothing else */
	char *module; /* the PKCS#11 module to load; NULL: what the system has configured */
	const char *pin;
	unsigned int logins; /* how often the PIN was given out */
};

/* For libcrypto: yields the PIN, the first time that it is asked for. `data` is the request. */
int token_give_pin(char *buffer, int size, int is_writing, void *data);

/*
 * Opens a private key: OpenSSL's provider for PKCS#11, and its engine, which does the same in
 * OpenSSL 3 where the provider is missing. Each returns the key; or NULL, with *ret_missing where
 * there is no such thing on this machine. What libcrypto has to say is in its error queue; the
 * provider leaves nothing there.
 */
EVP_PKEY *token_by_provider(struct token_request *request, bool *ret_missing);
EVP_PKEY *token_by_engine(struct token_request *request, bool *ret_missing);

/*
 * The provider does not say whether the token refused the PIN or has no such key. The public half
 * of the key, which a token shows to everybody, tells.
 */
bool token_has_public_half(struct token_request *request);

#endif
