// SPDX-License-Identifier: Apache-2.0
// What a signing service is sent and answers; see service-json.h. Answers are hostile.

#include <json-c/json.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "service-json.h"

// An answer is an object of strings; validation errors of the server's framework nest no deeper.
#define DEPTH 4

// What an answer holds besides the bytes: names, and what the signing program printed.
#define ANSWER_EXTRA (64u << 10)

static size_t base64_size(size_t size)
{
	return (size + 2) / 3 * 4;
}

// The most that a member takes: quotes, colon, comma and its value; and the NUL of the encoder.
static size_t member_room(const struct service_member *m)
{
	return strlen(m->name) + 7 + (m->text ? strlen(m->text) : base64_size(m->size));
}

static char *put_value(char *to, const struct service_member *m)
{
	if (m->text)
		return stpcpy(to, m->text);
	return to + EVP_EncodeBlock((unsigned char *)to, m->bytes, (int)m->size);
}

char *service_request(const struct service_member *members, size_t *ret_size)
{
	size_t room = 3;
	char *body, *to;

	for (const struct service_member *m = members; m->name; m++) {
		if (m->size > INT_MAX / 2) // the encoder counts in int
			return NULL;
		room += member_room(m);
	}
	body = malloc(room);
	if (!body)
		return NULL;
	to = stpcpy(body, "{");
	for (const struct service_member *m = members; m->name; m++) {
		to = stpcpy(stpcpy(stpcpy(to, m == members ? "\"" : ",\""), m->name), "\":\"");
		to = stpcpy(put_value(to, m), "\"");
	}
	*ret_size = (size_t)(stpcpy(to, "}") - body);
	return body;
}

size_t service_answer_max(size_t max)
{
	return base64_size(max) + ANSWER_EXTRA;
}

static struct json_object *parse_object(const char *json, size_t size)
{
	struct json_tokener *tokener = size <= INT_MAX ? json_tokener_new_ex(DEPTH) : NULL;
	struct json_object *object;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
		JSON_TOKENER_ALLOW_TRAILING_CHARS);
	object = json_tokener_parse_ex(tokener, json, (int)size);
	for (size_t at = json_tokener_get_parse_end(tokener); at < size; at++) {
		if (!json[at] || !strchr(" \t\r\n", json[at])) {
			json_object_put(object);
			object = NULL;
			break;
		}
	}
	json_tokener_free(tokener);
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		object = NULL;
	}
	return object;
}

// A string member, or NULL; it lives as long as the object.
static struct json_object *find_string(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return json_object_is_type(value, json_type_string) ? value : NULL;
}

// The value of a character of base64 (RFC 4648 section 4), or -1.
static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/*
 * One spelling only: whole groups, '=' where the end needs it and nowhere else, no spare bits, no
 * blanks. `to` has room for 3 bytes in each 4 of `text`.
 */
static bool base64_decode(const char *text, size_t length, uint8_t *to, size_t *ret_size)
{
	size_t padding = 0, size = 0;
	uint32_t bits = 0;

	if (!length || length % 4)
		return false;
	while (padding < 2 && text[length - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < length - padding; i++) {
		int value = base64_value(text[i]);

		if (value < 0)
			return false;
		bits = bits << 6 | (uint32_t)value;
		if (i % 4)
			to[size++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	*ret_size = size;
	return !padding || !(bits & (padding == 1 ? 3 : 15));
}

static const char *decode_member(struct json_object *object, const char *name, size_t max, uint8_t **ret,
	size_t *ret_size)
{
	struct json_object *string = find_string(object, name);
	size_t length = string ? (size_t)json_object_get_string_len(string) : 0, size;
	uint8_t *bytes;

	if (!length)
		return "the answer lacks what was asked for";
	if (length > base64_size(max))
		return "what it sends is larger than can be";
	bytes = malloc(length / 4 * 3 + 3);
	if (!bytes)
		return "no memory";
	if (!base64_decode(json_object_get_string(string), length, bytes, &size) || size > max) {
		free(bytes);
		return "what it sends is not base64, or larger than can be";
	}
	*ret = bytes;
	*ret_size = size;
	return NULL;
}

const char *service_answer(const char *json, size_t size, const char *name, size_t max, uint8_t **ret,
	size_t *ret_size)
{
	struct json_object *object = parse_object(json, size);
	const char *wrong;

	*ret = NULL;
	*ret_size = 0;
	if (!object)
		return "the answer is not a JSON object";
	wrong = decode_member(object, name, max, ret, ret_size);
	json_object_put(object);
	return wrong;
}

void make_plain(char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

void service_error(const char *json, size_t size, char ret[static SERVICE_ERROR_SIZE])
{
	struct json_object *object = parse_object(json, size), *string = NULL;

	ret[0] = '\0';
	if (object)
		string = find_string(object, "error");
	if (object && !string)
		string = find_string(object, "detail"); // what the server's framework calls it
	if (string)
		strncat(ret, json_object_get_string(string), SERVICE_ERROR_SIZE - 1);
	make_plain(ret);
	json_object_put(object);
}
