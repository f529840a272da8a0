// SPDX-License-Identifier: Apache-2.0
// service-server CERT KEY TOKEN-FILE DIRECTORY MODE HANDLER: a signing service on a port of
// 127.0.0.1 that it writes to DIRECTORY/port. What each MODE does stands in misbehave().

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define RETRY_AFTER 4
#define LIFETIME 120 // seconds; a test that dies leaves nothing behind for long

static void log_request(const struct server *s, const struct http_request *r)
{
	char path[2048];
	FILE *file;

	snprintf(path, sizeof(path), "%s/log-%u", s->directory, s->requests);
	file = fopen(path, "w");
	if (file) {
		fwrite(r->head, 1, strlen(r->head), file);
		fwrite(r->body, 1, r->body_size, file);
		fclose(file);
	}
}

static void answer_text(struct peer *peer, int status, const char *headers, const char *text)
{
	peer_answer(peer, status, headers, text, strlen(text));
}

// An answer of which there is always more, with a pause between the pieces.
static void answer_endlessly(struct peer *peer, size_t size, useconds_t pause)
{
	bool good = peer_answer(peer, 200, "", "{\"signed\":\"", 1u << 30);
	char piece[16384];

	memset(piece, 'A', sizeof(piece));
	while (good) {
		good = peer_write(peer, piece, size);
		usleep(pause);
	}
}

// Whether the seconds are not yet over that the first request was told to wait.
static bool is_early(bool first)
{
	static struct timespec since;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (first)
		since = now;
	return now.tv_sec - since.tv_sec < RETRY_AFTER - 1; // whole seconds: one may be lost
}

// Modes for the first request only, or for every one. Returns false for those that answer well.
static bool misbehave(const struct server *s, struct peer *peer)
{
	const char *mode = s->mode;
	bool first = s->requests == 1;

	if (!strcmp(mode, "slow"))
		answer_endlessly(peer, 400, 200000);
	else if (!strcmp(mode, "hang"))
		sleep(LIFETIME);
	else if (!strcmp(mode, "500") || (first && !strcmp(mode, "500-once")))
		answer_text(peer, 500, "", "{\"error\":\"out of \\u001b[31msorts\\n\"}");
	else if (!strcmp(mode, "429-long"))
		answer_text(peer, 429, "Retry-After: 3600\r\n", "{\"error\":\"too many\"}");
	else if (!strcmp(mode, "429-once") && is_early(first))
		answer_text(peer, 429, "Retry-After: 4\r\n", "{\"error\":\"too many\"}");
	else if (!strcmp(mode, "reset") || (first && !strcmp(mode, "reset-once")))
		return true;
	else if (!strcmp(mode, "truncated"))
		peer_answer(peer, 200, "", "{\"signed\":\"AAAA", 5000);
	else if (!strcmp(mode, "half"))
		answer_text(peer, 200, "", "{\"signed\":\"AAAA");
	else if (!strcmp(mode, "oversized"))
		answer_endlessly(peer, 16384, 0);
	else if (!strcmp(mode, "not-json"))
		answer_text(peer, 200, "", "<html>welcome</html>");
	else if (!strcmp(mode, "deep"))
		answer_text(peer, 200, "", "{\"signed\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}");
	else if (!strcmp(mode, "empty"))
		answer_text(peer, 200, "", "{\"signed\":\"\",\"csf_bin\":7}");
	else if (!strcmp(mode, "not-base64"))
		answer_text(peer, 200, "", "{\"signed\":\"AAA=AAAA\",\"csf_bin\":\"AAAB==\",\"efuses\":\"AB==\"}");
	else if (!strcmp(mode, "redirect"))
		answer_text(peer, 302, "Location: http://127.0.0.1/\r\n", "");
	else
		return false;
	return true;
}

static void serve(struct server *s, struct peer *peer)
{
	struct http_request r;
	char key[256], *text = NULL;
	int status;

	if (!peer_read_request(peer, &r)) {
		free(r.body);
		return;
	}
	s->requests++;
	log_request(s, &r);
	snprintf(key, sizeof(key), "\r\nX-API-Key: %s\r\n", s->token);
	if (!strstr(r.head, key)) {
		answer_text(peer, 401, "", "{\"detail\":\"Provided token is not valid\",\"status\":401}");
	} else if (!misbehave(s, peer)) {
		status = api_answer(s, &r, &text);
		answer_text(peer, status, "", text ? text : "");
	}
	free(text);
	free(r.body);
}

static void serve_connection(struct server *s, SSL_CTX *context, int fd)
{
	struct peer peer = { fd, NULL };

	if (!strcmp(s->mode, "plain")) {
		serve(s, &peer);
	} else {
		peer.tls = SSL_new(context);
		if (peer.tls && SSL_set_fd(peer.tls, fd) == 1 && SSL_accept(peer.tls) == 1) {
			serve(s, &peer);
			SSL_shutdown(peer.tls);
		}
		SSL_free(peer.tls);
	}
	close(fd);
}

// A port that is free, told when it is open.
static int open_port(const char *directory)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char path[2048], ready[2048];
	FILE *file;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8) ||
			getsockname(fd, (struct sockaddr *)&address, &size))
		return -1;
	snprintf(path, sizeof(path), "%s/port.new", directory);
	snprintf(ready, sizeof(ready), "%s/port", directory);
	file = fopen(path, "w");
	if (!file)
		return -1;
	fprintf(file, "%d\n", ntohs(address.sin_port));
	return fclose(file) || rename(path, ready) ? -1 : fd;
}

static bool read_token(const char *path, char *token, int size)
{
	FILE *file = fopen(path, "r");
	bool good = file && fgets(token, size, file);

	if (file)
		fclose(file);
	token[good ? strcspn(token, "\n") : 0] = '\0';
	return good;
}

int main(int argc, char **argv)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	char token[256];
	int port;

	signal(SIGPIPE, SIG_IGN);
	alarm(LIFETIME);
	if (argc != 7 || !read_token(argv[3], token, sizeof(token)) || !context ||
			SSL_CTX_use_certificate_chain_file(context, argv[1]) != 1 ||
			SSL_CTX_use_PrivateKey_file(context, argv[2], SSL_FILETYPE_PEM) != 1) {
		fprintf(stderr, "usage: service-server CERT KEY TOKEN-FILE DIRECTORY MODE HANDLER\n");
		return 2;
	}
	struct server s = { token, argv[4], argv[5], argv[6], 0 };
	port = open_port(s.directory);
	while (port >= 0) {
		int fd = accept4(port, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			serve_connection(&s, context, fd);
	}
	return 1;
}
