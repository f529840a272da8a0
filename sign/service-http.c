// SPDX-License-Identifier: Apache-2.0
// HTTPS by libcurl, with bounds on time, size and number; see service-http.h.

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "service-http.h"
#include "service-json.h"
#include "sign.h"

#define TRIES 4           // with waits of 1, 2 and 4 seconds between them
#define RETRY_AFTER_MAX 30 // longer than this, a person decides
#define CONNECT_SECONDS 20 // for a name, a connection and TLS
#define SPEED_MIN 1024     // bytes a second, below which the other side counts as silent
#define PROGRESS_MIN (4u << 20)

// Grows with the answer: its length is only known when it is there.
static size_t take_answer(char *data, size_t one, size_t size, void *context)
{
	struct exchange *e = context;
	char *grown;

	(void)one;
	if (size > e->answer_max - e->answer_size)
		return 0; // ends the transfer; find_trouble() says why
	grown = realloc(e->answer, e->answer_size + size);
	if (!grown)
		return 0;
	memcpy(grown + e->answer_size, data, size);
	e->answer = grown;
	e->answer_size += size;
	return size;
}

static int show_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t total,
	curl_off_t sent)
{
	const struct exchange *e = context;

	(void)down_total;
	if (total > 0 && !down)
		fprintf(stderr, "\r%s: %s: %ld of %ld MiB sent ", tool_name, e->host, (long)(sent >> 20),
			(long)(total >> 20));
	return 0;
}

// What libcurl itself has of the key is freed by it as it is; what was made here is cleared.
static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *h = headers; h; h = h->next)
		OPENSSL_cleanse(h->data, strlen(h->data));
	curl_slist_free_all(headers);
}

static struct curl_slist *make_headers(const struct exchange *e)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
	struct curl_slist *both = NULL;
	char *key = NULL;

	if (headers && asprintf(&key, "X-API-Key: %s", e->key) >= 0) {
		both = curl_slist_append(headers, key);
		OPENSSL_cleanse(key, strlen(key));
		free(key);
	}
	if (!both)
		curl_slist_free_all(headers);
	return both;
}

/*
 * Whom to trust. A file replaces the system's certificates, so their directory is not looked at
 * either. Redirects are not followed (libcurl's default), so the key goes to this server only.
 */
static bool set_trust(CURL *curl, const struct exchange *e)
{
	return !curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https") &&
		!curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
		!curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) &&
		!curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) &&
		!curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) &&
		!curl_easy_setopt(curl, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE) && // no key for a proxy
		(!e->ca_file || (!curl_easy_setopt(curl, CURLOPT_CAINFO, e->ca_file) &&
			!curl_easy_setopt(curl, CURLOPT_CAPATH, NULL)));
}

// The signing itself counts as silence: nothing moves while the server works.
static bool set_bounds(CURL *curl, const struct exchange *e)
{
	long total = e->timeout * (1 + (long)(e->body_size >> 20));

	return !curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
		!curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) &&
		!curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)SPEED_MIN) &&
		!curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, e->timeout) &&
		!curl_easy_setopt(curl, CURLOPT_TIMEOUT, total);
}

static bool set_request(CURL *curl, struct exchange *e, struct curl_slist *headers)
{
	bool good = !curl_easy_setopt(curl, CURLOPT_URL, e->url) &&
		!curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
		!curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) &&
		!curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) &&
		!curl_easy_setopt(curl, CURLOPT_WRITEDATA, e);

	if (good && e->body)
		good = !curl_easy_setopt(curl, CURLOPT_POST, 1L) &&
			!curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)e->body_size) &&
			!curl_easy_setopt(curl, CURLOPT_POSTFIELDS, e->body);
	if (good && e->body_size >= PROGRESS_MIN && isatty(STDERR_FILENO))
		good = !curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, show_progress) &&
			!curl_easy_setopt(curl, CURLOPT_XFERINFODATA, e) &&
			!curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	return good;
}

// One try, with nothing left of the one before.
static CURLcode run_once(CURL *curl, struct exchange *e)
{
	curl_off_t wait = 0;
	CURLcode code;

	free(e->answer);
	e->answer = NULL;
	e->answer_size = 0;
	e->status = 0;
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &e->status);
	curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
	e->retry_after = wait > 0 && wait < INT32_MAX ? (long)wait : 0;
	if (e->body_size >= PROGRESS_MIN && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	return code;
}

// A connection that failed or broke, or a server that is busy or unwell; not one that says no.
static bool may_pass(CURLcode code, long status)
{
	switch (code) {
	case CURLE_OK:
		return status == 429 || status >= 500;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
		return true;
	default:
		return false;
	}
}

// The signature asked for is the same each time: to ask twice does no harm.
static CURLcode run_tries(CURL *curl, struct exchange *e)
{
	CURLcode code = run_once(curl, e);

	for (unsigned int i = 1; i < TRIES && may_pass(code, e->status); i++) {
		unsigned int wait = 1u << (i - 1);

		if (e->retry_after > RETRY_AFTER_MAX)
			break;
		if (e->retry_after > (long)wait)
			wait = (unsigned int)e->retry_after;
		fprintf(stderr, "%s: %s: ", tool_name, e->host);
		if (code)
			fprintf(stderr, "%s; another try in %u s\n", curl_easy_strerror(code), wait);
		else
			fprintf(stderr, "HTTP %ld; another try in %u s\n", e->status, wait);
		sleep(wait);
		code = run_once(curl, e);
	}
	return code;
}

static int say_trouble(const struct exchange *e, CURLcode code, char *detail)
{
	make_plain(detail);
	if (code == CURLE_WRITE_ERROR)
		return fail_file(e->host, "the answer is larger than can be");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return fail_file(e->host, "no answer in time: %s; --timeout gives it longer", detail);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return fail_file(e->host, "is not trusted: %s; --ca-file names whom to trust", detail);
	return fail_file(e->host, "cannot be reached: %s",
		detail[0] ? detail : curl_easy_strerror(code));
}

int exchange_run(struct exchange *e)
{
	struct curl_slist *headers = make_headers(e);
	CURL *curl;
	char detail[CURL_ERROR_SIZE] = "";
	CURLcode code = CURLE_FAILED_INIT;

	// libcurl would write the session's keys there, and whoever has them reads the API key.
	unsetenv("SSLKEYLOGFILE");
	curl = headers ? curl_easy_init() : NULL;
	if (curl && set_trust(curl, e) && set_bounds(curl, e) && set_request(curl, e, headers) &&
			!curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail))
		code = run_tries(curl, e);
	curl_easy_cleanup(curl);
	free_headers(headers);
	if (!code)
		return 0;
	free(e->answer);
	e->answer = NULL;
	return say_trouble(e, code, detail);
}
