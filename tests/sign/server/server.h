/* SPDX-License-Identifier: Apache-2.0 */
/* A signing service for the tests: balena-sign's HTTP API over TLS, which misbehaves when told to. */
#ifndef BB_TEST_SERVER_H
#define BB_TEST_SERVER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

struct server {
	const char *token;     /* the API key that it takes */
	const char *directory; /* for its log, the handler's files and its port */
	const char *mode;
	const char *handler;   /* the program that signs */
	unsigned int requests; /* so far */
};

struct peer {
	int fd;
	SSL *tls; /* NULL: plain */
};

struct http_request {
	char head[8192]; /* the lines up to the empty one */
	char method[8], path[256];
	char *body;
	size_t body_size;
};

/* peer.c: bytes and HTTP. They return false when the other side is gone, or sent nonsense. */
bool peer_write(struct peer *peer, const char *data, size_t size);
bool peer_read_request(struct peer *peer, struct http_request *ret);
/* headers: none, or whole lines with their ends; size: the Content-Length, at least the body's. */
bool peer_answer(struct peer *peer, int status, const char *headers, const char *body, size_t size);

/* api.c: signs as the API says. Returns the HTTP status; *ret is a JSON text for free() to take. */
int api_answer(const struct server *server, const struct http_request *request, char **ret);

#endif
