/* SPDX-License-Identifier: Apache-2.0 */
/* What a pkcs11: URI says. */
#ifndef BB_TOKEN_URI_H
#define BB_TOKEN_URI_H

#include "token.h"

/*
 * Takes a URI apart: what names token and key, the module (module-path), and the file that holds
 * the PIN, pin_file or its pin-source, for free() to take, or NULL. Returns 0, or an exit status
 * when it is refused and that has been said.
 */
int token_parse_uri(
	const char *uri, const char *pin_file, struct token_request *ret, char **ret_pin_file);

#endif
