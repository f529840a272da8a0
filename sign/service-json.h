/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of the signing service's requests and answers: JSON objects with base64 in them. */
#ifndef BB_SERVICE_JSON_H
#define BB_SERVICE_JSON_H

#include <stddef.h>
#include <stdint.h>

/* A member of a request: text that needs no escaping, or bytes that are sent in base64. */
struct service_member {
	const char *name, *text; /* text NULL: bytes */
	const uint8_t *bytes;
	size_t size;
};

/*
 * The object with these members, without blanks, for free() to take. Returns NULL without memory.
 * The table ends with a NULL name.
 */
char *service_request(const struct service_member *members, size_t *ret_size);

/* How large an answer can be that carries `max` bytes. */
size_t service_answer_max(size_t max);

/*
 * The bytes of one member of an answer, 1 to max of them, for free() to take. Everything else in the
 * answer is ignored. Returns NULL, or what is wrong with it, and then *ret is NULL and *ret_size 0.
 */
const char *service_answer(const char *json, size_t size, const char *name, size_t max, uint8_t **ret,
	size_t *ret_size);

/* The answer's "error", or its "detail", printable and cut; "" when it has none. */
#define SERVICE_ERROR_SIZE 240
void service_error(const char *json, size_t size, char ret[static SERVICE_ERROR_SIZE]);

/* Makes text of others fit for a terminal: what is not printable ASCII becomes '?'. */
void make_plain(char *text);

#endif
