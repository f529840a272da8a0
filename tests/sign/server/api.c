// SPDX-License-Identifier: Apache-2.0
// The routes of balena-sign's API that bbsign uses. A program of the test's signs: it is called as
// HANDLER MODE ROUTE DIRECTORY, finds id, payload and csf in the directory, and leaves out there.

#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

#define EFUSES "/imx/efuses/"

// A route: its members, and the member of its answer. What follows an ending '/' is the identifier.
static const struct route {
	const char *method, *path, *id, *csf, *member;
} routes[] = {
	{ "POST", "/imx/cst", "pki_id", "csf", "csf_bin" },
	{ "GET", EFUSES, NULL, NULL, "efuses" },
	{ "POST", "/secureboot/efi", "key_id", NULL, "signed" },
	{ "POST", "/kmod/sign", "key_id", NULL, "signed" },
};

static const struct route *find_route(const struct http_request *r)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		const struct route *route = &routes[i];
		size_t length = strlen(route->path);

		if (!strcmp(r->method, route->method) &&
				!strncmp(r->path, route->path, route->id ? length + 1 : length))
			return route;
	}
	return NULL;
}

static bool put_file(const char *directory, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	good = file && fwrite(data, 1, size, file) == size;
	return file && !fclose(file) && good;
}

static char *get_file(const char *directory, const char *name, size_t *ret_size)
{
	char path[4096], *data = NULL;
	struct stat st;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "r");
	*ret_size = 0;
	if (!file)
		return NULL;
	if (!fstat(fileno(file), &st))
		data = malloc((size_t)st.st_size + 1);
	if (data)
		*ret_size = fread(data, 1, (size_t)st.st_size, file);
	fclose(file);
	return data;
}

static bool put_decoded(const char *directory, const char *name, const char *text)
{
	size_t length = strlen(text);
	unsigned char *data = malloc(length + 1);
	int size = data ? EVP_DecodeBlock(data, (const unsigned char *)text, (int)length) : -1;
	bool good;

	for (size_t i = length; size > 0 && i && text[i - 1] == '='; i--)
		size--; // libcrypto counts the padding
	good = size >= 0 && put_file(directory, name, data, (size_t)size);
	free(data);
	return good;
}

static const char *find_text(struct json_object *body, const char *name)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(body, name, &value) ? json_object_get_string(value) : NULL;
}

// Puts down what the handler is to find. A member that the API requires and that is missing: 400.
static bool put_request(const char *directory, const struct route *route, const struct http_request *r)
{
	struct json_object *body;
	const char *id, *payload, *csf;
	bool good;

	if (!route->id)
		return put_file(directory, "id", r->path + strlen(EFUSES), strlen(r->path + strlen(EFUSES)));
	body = json_tokener_parse(r->body);
	id = find_text(body, route->id);
	payload = find_text(body, "payload");
	csf = route->csf ? find_text(body, route->csf) : NULL;
	good = id && payload && put_file(directory, "id", id, strlen(id)) &&
		put_decoded(directory, "payload", payload) && (!route->csf ||
		(csf && put_decoded(directory, "csf", csf) && find_text(body, "hab_type")));
	json_object_put(body);
	return good;
}

static int run_handler(const struct server *server, const char *route, const char *directory)
{
	pid_t child = fork();
	int status = -1;

	if (!child) {
		execl(server->handler, server->handler, server->mode, route, directory, (char *)NULL);
		_exit(127);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ?
		WEXITSTATUS(status) : -1;
}

// Files in one directory a request, so that the test can look at them.
int api_answer(const struct server *server, const struct http_request *r, char **ret)
{
	const struct route *route = find_route(r);
	char directory[2048], *out, *text;
	size_t size;
	int status;

	snprintf(directory, sizeof(directory), "%s/request-%u", server->directory, server->requests);
	if (!route)
		return asprintf(ret, "{\"error\":\"no route %s %s\"}", r->method, r->path) < 0 ? 500 : 404;
	if (mkdir(directory, 0700) || !put_request(directory, route, r))
		return asprintf(ret, "{\"detail\":\"a member is missing\",\"status\":400}") < 0 ? 500 : 400;
	status = run_handler(server, route->path, directory);
	if (status)
		return asprintf(ret, "{\"error\":\"%s\"}", status == 4 ? "is unknown" : "the signing failed") < 0 ?
			500 : status == 4 ? 404 : 500;
	out = get_file(directory, "out", &size);
	text = malloc(size * 2 + 4);
	if (out && text)
		EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)out, (int)size);
	status = out && text && asprintf(ret, "{\"%s\":\"%s\"}\n", route->member, text) >= 0 ? 200 : 500;
	free(out);
	free(text);
	return status;
}
