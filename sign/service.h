/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing service that speaks balena-sign's HTTP API: JSON over HTTPS, the key in X-API-Key. What
 * comes back is hostile until it was verified by whoever asked: this only moves bytes, within bounds.
 */
#ifndef BB_SERVICE_H
#define BB_SERVICE_H

#include <stddef.h>
#include <stdint.h>

struct service {
	const char *url;        /* https:// */
	const char *token_file; /* its first line is the API key */
	const char *ca_file;    /* certificates to trust in place of the system's; NULL: the system's */
};

/*
 * Each sends one request, again when that can help, and yields what the service made, for free() to
 * take, of at most `max` bytes. Returns 0, or an exit status when that failed and has been said.
 */
int service_csf(const struct service *service, const char *pki_id, const char *csf_text,
	const uint8_t *payload, size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_kernel(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_module(const struct service *service, const char *key_id, const uint8_t *payload,
	size_t size, size_t max, uint8_t **ret, size_t *ret_size);
int service_fuses(const struct service *service, const char *pki_id, uint8_t ret[static 32]);

#endif
