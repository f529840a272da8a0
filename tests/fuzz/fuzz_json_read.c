// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the JSON reader, beside json-c. Both take the same documents, and find the same in them.

#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/json-read.c"

static struct json_object *parse(const uint8_t *data, size_t size, int depth)
{
	struct json_tokener *tokener = json_tokener_new_ex(depth);
	struct json_object *object;

	if (!tokener)
		abort();
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, (const char *)data, (int)size);
	// A number could go on: its end is what follows.
	if (json_tokener_get_error(tokener) == json_tokener_continue)
		object = json_tokener_parse_ex(tokener, " ", 1);
	if (json_tokener_get_error(tokener) != json_tokener_success) {
		json_object_put(object);
		object = NULL;
	} else if (!object) {
		object = json_object_new_string("null");
	}
	json_tokener_free(tokener);
	return object;
}

// UTF-8 sequences that are longer than need be, or stand for no character, begin like this.
static bool begins_bad_utf8(uint8_t byte)
{
	return byte == 0xc0 || byte == 0xc1 || byte == 0xe0 || byte == 0xed || byte == 0xf0 || byte >= 0xf4;
}

/*
 * What json-c takes, strict or not, and RFC 8259 does not: these words; numbers that begin with a
 * nought, or with a point, or end with one; control characters in strings; some bad UTF-8.
 */
static bool is_lax(const uint8_t *data, size_t size)
{
	if (memmem(data, size, "NaN", 3) || memmem(data, size, "Infinity", 8))
		return true;
	for (size_t i = 0; i < size; i++) {
		uint8_t before = i ? data[i - 1] : ' ', after = i + 1 < size ? data[i + 1] : ' ';

		if (data[i] < ' ' || begins_bad_utf8(data[i]) ||
		    (data[i] == '.' && !(isdigit(before) && isdigit(after))) ||
		    (data[i] == '0' && isdigit(after) && !isalnum(before) && before != '.' && before != '+'))
			return true;
	}
	return false;
}

static void check_member(enum json_read result, bool value, struct json_object *object)
{
	bool is_boolean = json_object_is_type(object, json_type_boolean);

	switch (result) {
	case JSON_READ_FOUND:
		if (!is_boolean || value != json_object_get_boolean(object))
			abort();
		break;
	case JSON_READ_NOT_BOOLEAN:
		if (is_boolean)
			abort();
		break;
	default:
		break;
	}
}

// Of two members of one name json-c keeps the last, and from a name it cuts what follows a NUL.
static void compare(const uint8_t *data, size_t size, struct json_object *whole)
{
	struct json_object *inner, *member = NULL;
	bool value = false, found;
	enum json_read result = json_read_bool(data, size, "m", &value);

	found = json_object_is_type(whole, json_type_object) &&
		json_object_object_get_ex(whole, "m", &member);
	if (result != JSON_READ_TWICE && found == (result == JSON_READ_ABSENT))
		abort();
	check_member(result, value, member);

	result = json_read_bool(data, size, "in.se", &value);
	found = json_object_is_type(whole, json_type_object) &&
		json_object_object_get_ex(whole, "in", &inner) &&
		json_object_is_type(inner, json_type_object) &&
		json_object_object_get_ex(inner, "se", &member);
	if (result != JSON_READ_TWICE && found == (result == JSON_READ_ABSENT))
		abort();
	check_member(result, value, member);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *object = size <= JSON_READ_SIZE_MAX ? parse(data, size, 40) : NULL;
	bool value;
	enum json_read result = json_read_bool(data, size, "m", &value);

	if (result <= JSON_READ_TWICE && !object)
		abort();
	if (result == JSON_READ_NOT_JSON && object && !is_lax(data, size))
		abort();
	if (result <= JSON_READ_TWICE && !memmem(data, size, "\\u0000", 6))
		compare(data, size, object);
	json_object_put(object);
	return 0;
}
