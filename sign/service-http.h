/* SPDX-License-Identifier: Apache-2.0 */
/* One exchange with an HTTPS server: a request, tried again when that can help, and its answer. */
#ifndef BB_SERVICE_HTTP_H
#define BB_SERVICE_HTTP_H

#include <stddef.h>

struct exchange {
	/* What is asked, of whom. */
	const char *url;     /* https */
	const char *host;    /* for messages */
	const char *ca_file; /* NULL: the system's certificates */
	const char *key;     /* X-API-Key */
	const char *body;    /* JSON to POST; NULL: GET */
	size_t body_size;
	size_t answer_max;   /* bytes of answer that are taken */
	long timeout;        /* seconds of silence, and for each MiB of the body */

	/* The last answer, whatever its status. */
	char *answer;     /* for free() to take */
	size_t answer_size;
	long status;      /* of HTTP */
	long retry_after; /* seconds that the server asks for; 0: none */
};

/* Returns 0 with an answer, or STATUS_USAGE when there is none and that has been said. */
int exchange_run(struct exchange *e);

#endif
