// SPDX-License-Identifier: Apache-2.0
// Asks a signing service; see service.h. What the options say is checked before anything is sent.

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"
#include "service.h"
#include "service-http.h"
#include "service-json.h"
#include "sign.h"

#define ID_MAX 128
#define TIMEOUT_DEFAULT 60 // what balena's builds allow, for a start and for each MiB
#define TIMEOUT_MAX 3600
#define FUSES_SIZE 32

// What is asked of the service.
struct request {
	const struct service_member *members; // NULL: a GET
	const char *member; // of the answer
	size_t max;         // bytes in it
};

// What libcurl allocates, in the order in which it is found.
struct address {
	char *scheme, *host, *path, *url, *odd;
};

static void free_address(struct address *a)
{
	curl_free(a->scheme);
	curl_free(a->host);
	curl_free(a->path);
	curl_free(a->url);
	curl_free(a->odd);
}

// The whole URL of a path of the API, below the path that the service's URL has.
static bool set_path(CURLU *url, struct address *a, const char *path)
{
	size_t length = strlen(a->path);
	char *whole;
	bool good;

	while (length && a->path[length - 1] == '/')
		length--;
	if (asprintf(&whole, "%.*s%s", (int)length, a->path, path) < 0)
		return false;
	good = !curl_url_set(url, CURLUPART_PATH, whole, 0) &&
		!curl_url_get(url, CURLUPART_URL, &a->url, 0);
	free(whole);
	return good;
}

// Returns NULL, or what is wrong with the service's URL.
static const char *find_address(CURLU *url, const char *service, const char *path, struct address *a)
{
	if (curl_url_set(url, CURLUPART_URL, service, 0) ||
			curl_url_get(url, CURLUPART_SCHEME, &a->scheme, 0) ||
			curl_url_get(url, CURLUPART_HOST, &a->host, 0) ||
			curl_url_get(url, CURLUPART_PATH, &a->path, 0))
		return "is no URL; it looks like https://sign.example.com";
	if (strcmp(a->scheme, "https"))
		return "is not https: the key and what is signed would be open to the network";
	if (!curl_url_get(url, CURLUPART_USER, &a->odd, 0) ||
			!curl_url_get(url, CURLUPART_PASSWORD, &a->odd, 0) ||
			!curl_url_get(url, CURLUPART_QUERY, &a->odd, 0) ||
			!curl_url_get(url, CURLUPART_FRAGMENT, &a->odd, 0))
		return "has more than a host and a path; the key is read from --token-file";
	return set_path(url, a, path) ? NULL : "is no URL with a path of this API behind it";
}

// The API key: something that can stand in a header. NULL when that has been said.
static const char *read_key(const char *file, const char *host)
{
	const char *key;

	if (!file) {
		fail_file(host, "needs an API key: --token-file FILE");
		return NULL;
	}
	key = secret_get(SECRET_TOKEN, file, host, false);
	for (const char *c = key; c && *c; c++) {
		if (*c <= ' ' || *c > '~') {
			fail_file(file, "the token in its first line has characters that no API key has");
			return NULL;
		}
	}
	return key;
}

// Identifiers stand in JSON and in a path as they are.
static bool is_identifier(const char *id)
{
	size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return length && length <= ID_MAX && !id[length] && id[0] != '.';
}

static int say_identifier(void)
{
	return fail_file("--pki-id or --key-id", "has 1 to %d letters, digits and . _ -, no dot in front",
		ID_MAX);
}

static bool find_timeout(const char *seconds, long *ret)
{
	uint32_t number = TIMEOUT_DEFAULT;
	bool good = !seconds || (!text_parse_number(seconds, TIMEOUT_MAX, &number) && number);

	if (!good)
		fail_file("--timeout", "is a number of seconds, 1 to %d", TIMEOUT_MAX);
	*ret = (long)number;
	return good;
}

static int say_status(const struct exchange *e, const char *path)
{
	char text[SERVICE_ERROR_SIZE];
	const char *advice = "";

	service_error(e->answer, e->answer_size, text);
	if (e->status == 401 || e->status == 403)
		advice = "; is the key in --token-file right?";
	if (e->status >= 300 && e->status < 400)
		advice = "; it redirects, and is not followed: give the address itself";
	if (e->retry_after > 0)
		return fail_file(e->host, "%s: HTTP %ld%s%s; it asks to wait %ld seconds", path, e->status,
			text[0] ? ": " : "", text, e->retry_after);
	return fail_file(e->host, "%s: HTTP %ld%s%s%s", path, e->status, text[0] ? ": " : "", text, advice);
}

static int exchange(struct exchange *e, const struct request *r, const char *path, uint8_t **ret,
	size_t *ret_size)
{
	char *body = r->members ? service_request(r->members, &e->body_size) : NULL;
	const char *wrong;
	int status;

	if (r->members && !body)
		return fail_file(e->host, "no memory for the request");
	e->body = body;
	e->answer_max = service_answer_max(r->max);
	status = exchange_run(e);
	e->body = NULL;
	free(body);
	if (status)
		return status;
	if (e->status != 200)
		return say_status(e, path);
	wrong = service_answer(e->answer, e->answer_size, r->member, r->max, ret, ret_size);
	return wrong ? refuse_file(e->host, "%s: %s", path, wrong) : 0;
}

static int call(const struct service *service, const struct request *r, const char *path, uint8_t **ret,
	size_t *ret_size)
{
	struct address a = { 0 };
	struct exchange e = { .ca_file = service->ca_file };
	CURLU *url = curl_url();
	const char *wrong = url ? find_address(url, service->url, path, &a) : "no memory";
	int status = STATUS_USAGE;

	if (wrong) {
		fail_file("--service", "%s", wrong); // the URL may hold a password: it is not shown
	} else {
		make_plain(a.host);
		e.url = a.url;
		e.host = a.host;
		e.key = find_timeout(service->timeout, &e.timeout) ?
			read_key(service->token_file, a.host) : NULL;
	}
	if (e.key)
		status = exchange(&e, r, path, ret, ret_size);
	free(e.answer);
	free_address(&a);
	curl_url_cleanup(url);
	return status;
}

static int sign(const struct service *service, const char *path, const struct service_member *members,
	const char *member, size_t max, uint8_t **ret, size_t *ret_size)
{
	const struct request r = { members, member, max };

	if (!is_identifier(members->text))
		return say_identifier();
	return call(service, &r, path, ret, ret_size);
}

/*
 * The payload goes out whole: the server's program hashes it itself, and the API takes no digest.
 */
int service_csf(const struct service *service, const char *pki_id, const char *csf_text,
	const uint8_t *payload, size_t size, size_t max, uint8_t **ret, size_t *ret_size)
{
	const struct service_member members[] = {
		{ "pki_id", pki_id, NULL, 0 },
		{ "hab_type", "hab", NULL, 0 },
		{ "payload", NULL, payload, size },
		{ "csf", NULL, (const uint8_t *)csf_text, strlen(csf_text) },
		{ NULL, NULL, NULL, 0 },
	};

	return sign(service, "/imx/cst", members, "csf_bin", max, ret, ret_size);
}

static int sign_file(const struct service *service, const char *path, const char *key_id,
	const uint8_t *payload, size_t size, size_t max, uint8_t **ret, size_t *ret_size)
{
	const struct service_member members[] = {
		{ "key_id", key_id, NULL, 0 },
		{ "payload", NULL, payload, size },
		{ NULL, NULL, NULL, 0 },
	};

	return sign(service, path, members, "signed", max, ret, ret_size);
}

int service_kernel(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size)
{
	return sign_file(service, "/secureboot/efi", key_id, payload, size, max, ret, ret_size);
}

int service_module(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size)
{
	return sign_file(service, "/kmod/sign", key_id, payload, size, max, ret, ret_size);
}

int service_fuses(const struct service *service, const char *pki_id, uint8_t ret[static 32])
{
	static const uint8_t blank[FUSES_SIZE];
	const struct request r = { NULL, "efuses", FUSES_SIZE };
	char path[sizeof("/imx/efuses/") + ID_MAX];
	uint8_t *fuses = NULL;
	size_t size = 0;
	int status;

	if (!is_identifier(pki_id))
		return say_identifier();
	stpcpy(stpcpy(path, "/imx/efuses/"), pki_id);
	status = call(service, &r, path, &fuses, &size);
	if (status)
		return status;
	if (size != FUSES_SIZE || !memcmp(fuses, blank, FUSES_SIZE))
		status = refuse_file(path, "the service's fuse file is blank or not %d bytes", FUSES_SIZE);
	else
		memcpy(ret, fuses, FUSES_SIZE);
	free(fuses);
	return status;
}
