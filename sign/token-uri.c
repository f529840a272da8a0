// SPDX-License-Identifier: Apache-2.0
// Reads pkcs11: URIs (RFC 7512): a path of attributes with ';' between them, '?', a query with '&'.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "token-uri.h"
#include "tool.h"

#define FILE_SCHEME "file:"

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Percent-decoding; other characters stand for themselves. Returns the value for free().
static char *decode(const char *value, size_t size)
{
	char *decoded = calloc(1, size + 1), *to = decoded;

	if (!decoded)
		abort(); // not NULL: that would be no such attribute
	for (size_t i = 0; i < size; i++) {
		if (value[i] == '%' && i + 2 < size && is_hex(value[i + 1]) &&
			is_hex(value[i + 2])) {
			const char digits[] = { value[i + 1], value[i + 2], '\0' };

			*to++ = (char)strtoul(digits, NULL, 16);
			i += 2;
		} else {
			*to++ = value[i];
		}
	}
	return decoded;
}

// Where the value of the attribute of that name is, wherever that stands; or NULL.
static const char *find_value(const char *uri, const char *name, size_t *ret_size)
{
	const char *at = uri + strlen(TOKEN_SCHEME);
	size_t size, length = strlen(name);

	for (;; at += size + 1) {
		size = strcspn(at, ";?&");
		if (size > length && !strncasecmp(at, name, length) && at[length] == '=') {
			*ret_size = size - length - 1;
			return at + length + 1;
		}
		if (!at[size])
			return NULL;
	}
}

// The value, decoded, for free(); or NULL.
static char *find_attribute(const char *uri, const char *name)
{
	size_t size;
	const char *value = find_value(uri, name, &size);

	return value ? decode(value, size) : NULL;
}

static bool has_attribute(const char *uri, const char *name)
{
	size_t size;

	return find_value(uri, name, &size);
}

static int check_uri(const char *uri)
{
	char *path = strndup(uri, strcspn(uri, "?"));
	int status = 0;

	if (!path)
		return fail_file(TOKEN_SCHEME, "no memory");
	if (has_attribute(uri, "pin-value"))
		status = fail_file(TOKEN_SCHEME,
			"a PIN in the URI (pin-value) is seen by everybody on this "
			"machine; give it with --pin-file, or name its file: "
			"?pin-source=file:PATH");
	else if (strlen(path) > TOKEN_URI_MAX)
		status = fail_file(TOKEN_SCHEME, "the URI is too long");
	else if (!has_attribute(path, "token") && !has_attribute(path, "serial"))
		status = fail_file(path, "names no token: token=LABEL or serial=NUMBER");
	else if (!has_attribute(path, "object") && !has_attribute(path, "id"))
		status = fail_file(path, "names no key: object=LABEL or id=%%NN");
	free(path);
	return status;
}

// Only what names the token and the key: how to get there is for us.
static void copy_path(const char *uri, char ret[static TOKEN_URI_MAX + 1])
{
	struct text t = text_in(ret, TOKEN_URI_MAX + 1);
	const char *at = uri + strlen(TOKEN_SCHEME);
	size_t size;

	text_add(&t, TOKEN_SCHEME);
	for (;; at += size + 1) {
		size = strcspn(at, ";?");
		if (strncasecmp(at, "pin-", 4) && strncasecmp(at, "module-", 7) &&
			strncasecmp(at, "type=", 5)) {
			if (t.used > strlen(TOKEN_SCHEME))
				text_add_char(&t, ';');
			text_add_bytes(&t, at, size);
		}
		if (at[size] != ';')
			break;
	}
}

// The file in a pin-source, at its path.
static int check_pin_source(const char *uri, const char *source, const char **ret_file)
{
	const char *file = source;

	if (!strncmp(file, FILE_SCHEME, strlen(FILE_SCHEME)))
		file += strlen(FILE_SCHEME);
	if (!strncmp(file, "///", 3))
		file += 2;
	if (!*file || *file == '|' || !strncmp(file, "//", 2))
		return fail_file(uri, "its pin-source names no file: pin-source=file:PATH");
	*ret_file = file;
	return 0;
}

int token_parse_uri(
	const char *uri, const char *pin_file, struct token_request *ret, char **ret_pin_file)
{
	char *source;
	const char *file = pin_file;
	int status = check_uri(uri);

	if (status)
		return status;
	copy_path(uri, ret->uri);
	source = pin_file ? NULL : find_attribute(uri, "pin-source");
	if (source)
		status = check_pin_source(ret->uri, source, &file);
	*ret_pin_file = !status && file ? strdup(file) : NULL;
	free(source);
	if (status)
		return status;
	ret->module = find_attribute(uri, "module-path");
	if (ret->module && access(ret->module, R_OK)) {
		status = fail_file(ret->module,
			"there is no such PKCS#11 module: it comes with the token's driver");
		free(*ret_pin_file);
		free(ret->module);
	}
	return status;
}

char *token_add_attribute(const char *uri, const char *attribute)
{
	int path = (int)strcspn(uri, "?");
	char *longer;

	if (asprintf(&longer, "%.*s;%s%s", path, uri, attribute, uri + path) < 0)
		abort();
	return longer;
}
