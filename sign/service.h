/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing service that speaks balena-sign's HTTP API: JSON over HTTPS, the key in X-API-Key. What
 * comes back is hostile until it was verified by whoever asked: this only moves bytes, within bounds.
 */
#ifndef BB_SERVICE_H
#define BB_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the options give it. */
struct service {
	const char *url;        /* https://HOST[:PORT][/PATH] */
	const char *token_file; /* its first line is the API key */
	const char *ca_file;    /* certificates to trust in place of the system's; NULL: the system's */
	const char *timeout;    /* seconds that it may be silent, and for each MiB sent; NULL: 60 */
};

/* Their rows in a command's table of options. */
#define SERVICE_OPTIONS(service)                             \
	{ "--service", NULL, &(service)->url },              \
	{ "--token-file", NULL, &(service)->token_file },    \
	{ "--ca-file", NULL, &(service)->ca_file },          \
	{ "--timeout", NULL, &(service)->timeout }

/* Whether there are words about a service, and none. */
static inline bool service_is_stray(const struct service *s)
{
	return !s->url && (s->token_file || s->ca_file || s->timeout);
}

/* A paragraph of its help; the line of the identifier follows. */
#define SERVICE_HELP \
	"\n" \
	"With keys at a service that speaks balena-sign's API, in place of keys here:\n" \
	"\n" \
	"  --service URL         https://HOST[:PORT][/PATH]\n" \
	"  --token-file F        the API key, on the first line\n" \
	"  --ca-file F           trust these certificates (PEM) in place of the system's\n" \
	"  --timeout SECONDS     that the service may be silent, and as many for each MiB sent; 60\n"

/*
 * Each sends one request, again when that can help, and yields what the service made, for free() to
 * take, of at most `max` bytes. Returns 0, or an exit status when that failed and has been said:
 * STATUS_USAGE when there is no answer, STATUS_REFUSED when the answer is not one that can be read.
 *
 * Identifiers are 1 to 128 letters, digits and . _ - without a dot in front; others are not sent.
 */
int service_csf(const struct service *service, const char *pki_id, const char *csf_text,
	const uint8_t *payload, size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_kernel(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_module(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_fuses(const struct service *service, const char *pki_id, uint8_t ret[static 32]);

#endif
