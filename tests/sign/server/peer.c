// SPDX-License-Identifier: Apache-2.0
// The test server's side of HTTP/1.1, one request a connection; see server.h.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define BODY_MAX (400u << 20)

bool peer_write(struct peer *peer, const char *data, size_t size)
{
	size_t written = 0;
	ssize_t n;

	if (peer->tls)
		return !size || (SSL_write_ex(peer->tls, data, size, &written) == 1 && written == size);
	for (; written < size; written += (size_t)n) {
		n = write(peer->fd, data + written, size - written);
		if (n <= 0)
			return false;
	}
	return true;
}

static size_t read_some(struct peer *peer, char *data, size_t size)
{
	size_t got = 0;
	ssize_t n;

	if (peer->tls)
		return SSL_read_ex(peer->tls, data, size, &got) == 1 ? got : 0;
	n = read(peer->fd, data, size);
	return n > 0 ? (size_t)n : 0;
}

// The head, byte by byte, so that nothing of the body is taken with it.
static bool read_head(struct peer *peer, struct http_request *r)
{
	size_t used = 0;

	while (used < sizeof(r->head) - 1) {
		if (read_some(peer, r->head + used, 1) != 1)
			return false;
		r->head[++used] = '\0';
		if (used >= 4 && !strcmp(r->head + used - 4, "\r\n\r\n"))
			return sscanf(r->head, "%7s %255s HTTP/1.1", r->method, r->path) == 2;
	}
	return false;
}

bool peer_read_request(struct peer *peer, struct http_request *ret)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const char *length;
	size_t n;

	memset(ret, 0, sizeof(*ret));
	if (!read_head(peer, ret))
		return false;
	length = strcasestr(ret->head, "\r\nContent-Length: ");
	ret->body_size = length ? strtoul(length + 18, NULL, 10) : 0;
	ret->body = ret->body_size < BODY_MAX ? malloc(ret->body_size + 1) : NULL;
	if (!ret->body)
		return false;
	if (strcasestr(ret->head, "\r\nExpect: 100-continue") && !peer_write(peer, go_on, strlen(go_on)))
		return false;
	for (size_t at = 0; at < ret->body_size; at += n) {
		n = read_some(peer, ret->body + at, ret->body_size - at);
		if (!n)
			return false;
	}
	ret->body[ret->body_size] = '\0';
	return true;
}

bool peer_answer(struct peer *peer, int status, const char *headers, const char *body, size_t size)
{
	char head[1024];
	int length = snprintf(head, sizeof(head), "HTTP/1.1 %d Said\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\nConnection: close\r\n%s\r\n", status, size, headers);

	return length > 0 && (size_t)length < sizeof(head) && peer_write(peer, head, (size_t)length) &&
		peer_write(peer, body, strlen(body));
}
