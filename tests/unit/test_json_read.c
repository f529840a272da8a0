// SPDX-License-Identifier: Apache-2.0
// One boolean out of a document: only where it stands, only once, only in a document that is good.

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "json-read.h"
#include "test.h"

enum { YES = 100, NO };

// In memory of exactly its size, so that a byte read behind it is seen.
static int read_from(const char *text, size_t size, const char *path)
{
	uint8_t *copy = malloc(size + !size);
	char *own_path = strdup(path);
	bool value, other;
	enum json_read result;

	if (!copy || !own_path)
		abort();
	memcpy(copy, text, size);
	value = false;
	other = true;
	result = json_read_bool(copy, size, own_path, &value);
	if (json_read_bool(copy, size, own_path, &other) != result)
		abort();
	free(copy);
	free(own_path);
	if (result == JSON_READ_FOUND)
		return value == other ? (value ? YES : NO) : -1;
	return !value && other ? (int)result : -1;
}

struct example {
	const char *text;
	int expected;
};

#define try_all(cases, path)                                                                       \
	for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++) {                          \
		test_case = (cases)[i].text;                                                       \
		test_assert(read_from(test_case, strlen(test_case), path) == (cases)[i].expected); \
	}

static void json_read_members(void)
{
	static const struct example cases[] = {
		{ "{\"m\":true}", YES },
		{ "{\"m\":false}", NO },
		{ " \t\r\n{ \"a\" : 1 , \"m\" : true , \"z\" : [ ] } \n", YES },
		{ "{\"a\":{\"m\":false},\"m\":true}", YES },
		{ "{\"m\":true,\"a\":{\"m\":false,\"m\":1}}", YES },
		{ "{\"a\":[{\"m\":false}],\"m\":true}", YES },
		{ "{\"\\u006d\":true}", YES },
		{ "{\"\\u006D\":false}", NO },
		{ "{}", JSON_READ_ABSENT },
		{ "{\"M\":true,\"mm\":true,\"\":true,\"m.m\":true,\" m\":true}", JSON_READ_ABSENT },
		{ "{\"m\\u0000\":true,\"m\\u0000m\":true,\"\\u016d\":true}", JSON_READ_ABSENT },
		{ "{\"\\u0000\":true}", JSON_READ_ABSENT },
		{ "[{\"m\":true}]", JSON_READ_ABSENT },
		{ "[\"m\",true]", JSON_READ_ABSENT },
		{ "{\"a\":\"m\",\"b\":true}", JSON_READ_ABSENT },
		{ "{\"a\":{\"m\":true}}", JSON_READ_ABSENT },
		{ "true", JSON_READ_ABSENT },
		{ "\"m\"", JSON_READ_ABSENT },
		{ "{\"m\":\"true\"}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":1}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":null}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":[true]}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":{\"m\":true}}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":{},\"a\":{\"m\":true}}", JSON_READ_NOT_BOOLEAN },
		{ "{\"m\":true,\"m\":true}", JSON_READ_TWICE },
		{ "{\"m\":false,\"a\":[],\"m\":true}", JSON_READ_TWICE },
		{ "{\"m\":{},\"m\":true}", JSON_READ_TWICE },
		{ "{\"m\":true,\"\\u006d\":false}", JSON_READ_TWICE },
		{ "{\"m\":1,\"m\":2,\"m\":true}", JSON_READ_TWICE },
		{ "{\"a\":1,\"a\":2,\"m\":true}", YES }, // what is not asked for may
	};

	try_all(cases, "m");
}

static void json_read_paths(void)
{
	static const struct example cases[] = {
		{ "{\"in\":{\"se\":true}}", YES },
		{ "{\"in\":{\"x\":{\"se\":false},\"se\":true},\"se\":false}", YES },
		{ "{\"in.se\":true}", JSON_READ_ABSENT },
		{ "{\"in\":true}", JSON_READ_ABSENT },
		{ "{\"in\":[{\"se\":true}]}", JSON_READ_ABSENT },
		{ "{\"in\":[\"se\",true]}", JSON_READ_ABSENT },
		{ "{\"in\":{},\"x\":{\"se\":true}}", JSON_READ_ABSENT },
		{ "{\"x\":{\"in\":{\"se\":true}}}", JSON_READ_ABSENT },
		{ "{\"in\":{\"in\":{\"se\":true}}}", JSON_READ_ABSENT },
		{ "{\"in\":{\"se\":{\"se\":true}}}", JSON_READ_NOT_BOOLEAN },
		{ "{\"in\":{\"se\":true},\"in\":{}}", JSON_READ_TWICE },
		{ "{\"in\":{},\"in\":{\"se\":true}}", JSON_READ_TWICE },
		{ "{\"in\":{\"se\":true,\"se\":true}}", JSON_READ_TWICE },
		{ "{\"in\":1,\"\\u0069n\":{\"se\":true}}", JSON_READ_TWICE },
	};

	try_all(cases, "in.se");
	test_case = "names at the ends of a path";
	test_assert(read_from("{\"\":true}", 9, "") == YES);
	test_assert(read_from("{\"a\":{\"\":true}}", 15, "a.") == YES);
	test_assert(read_from("{\"\":{\"a\":true}}", 15, ".a") == YES);
	test_assert(read_from("{\"a\":{\"\":true}}", 15, "a") == JSON_READ_NOT_BOOLEAN);
}

// As values beside the one that is asked for, whose document they leave good or spoil.
static void json_read_good_values(void)
{
	static const char *const good[] = { "0", "-0", "1", "-1", "10", "0.0", "0.10", "1e0", "1E+00", "1e-9",
		"-1.5e30", "123456789012345678901234567890", "1e999999", "true", "false", "null", "\"\"",
		"[]", "{}", "[ ]", "{ }", "[[[]]]", "[1,2]", "[1 , {} , \"\"]", "{\"\":0}",
		"{\"a\":{\"a\":[{}]}}", "{\"a\":1,\"a\":1}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"/\"",
		"\"\\u0000\"", "\"\\uABCD\\uabcd\"", "\"\\ud834\\udd1e\"", "\"\\ud800\"", "\"\\udc00x\"",
		"\"\x7f\"", "\"\xc2\x80\"", "\"\xdf\xbf\"", "\"\xe0\xa0\x80\"", "\"\xed\x9f\xbf\"",
		"\"\xee\x80\x80\"", "\"\xef\xbf\xbf\"", "\"\xf0\x90\x80\x80\"", "\"\xf4\x8f\xbf\xbf\"",
		"\"\xef\xbb\xbf\"", "\"}\"", "\"\\\\\"" };
	char text[128];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		test_case = good[i];
		snprintf(text, sizeof(text), "{\"a\":%s,\"m\":true}", good[i]);
		test_assert(read_from(text, strlen(text), "m") == YES);
		snprintf(text, sizeof(text), "{\"m\":true,\"a\":%s}", good[i]);
		test_assert(read_from(text, strlen(text), "m") == YES);
		test_assert(read_from(good[i], strlen(good[i]), "m") == JSON_READ_ABSENT);
	}
}

static void json_read_bad_values(void)
{
	static const char *const bad[] = { "", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e1", "1e", "1e+",
		"1e1.5", "--1", "0x1", "1a", "1 2", "Infinity", "NaN", "-Infinity", "True", "TRUE", "tru",
		"truee", "nul", "nullx", "undefined", "'a'", "\"", "\"a", "a\"", "\"\\\"", "\"\\x\"", "\"\\0\"",
		"\"\\u\"", "\"\\u12\"", "\"\\u123g\"", "\"\\U0041\"", "\"\\u 123\"", "\"\n\"", "\"\t\"",
		"\"\x1f\"", "\"\x80\"", "\"\xbf\"", "\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc2\"",
		"\"\xc2 \"", "\"\xe0\x80\x80\"", "\"\xe0\x9f\xbf\"", "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"",
		"\"\xe2\x82\"", "\"\xf0\x80\x80\x80\"", "\"\xf0\x8f\xbf\xbf\"", "\"\xf4\x90\x80\x80\"",
		"\"\xf5\x80\x80\x80\"", "\"\xf8\x88\x80\x80\x80\"", "\"\xff\"", "\xef\xbb\xbf" "1",
		"[", "]", "[}", "{]", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1,,2]", "[1 2]", "[1]]", "[[1]",
		"{", "}", "{1}", "{1:1}", "{a:1}", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":1,}",
		"{\"a\" 1}", "{\"a\"::1}", "{,}", "{\"a\":1,,\"b\":1}", "{\"a\":1 \"b\":1}", "{\"a\",1}",
		"{'a':1}", "{\"a\":1}}", "{true:1}", "{null:1}", "[\"a\":1]", "/**/1", "1//", "# 1", "1;",
		"\x0b" "1", "\f1", "\xc2\xa0" "1", "1\x1a" };
	char text[128];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		test_case = bad[i];
		snprintf(text, sizeof(text), "{\"a\":%s,\"m\":true}", bad[i]);
		test_assert(read_from(text, strlen(text), "m") == JSON_READ_NOT_JSON);
		snprintf(text, sizeof(text), "{\"m\":true,\"a\":%s}", bad[i]);
		test_assert(read_from(text, strlen(text), "m") == JSON_READ_NOT_JSON);
		test_assert(read_from(bad[i], strlen(bad[i]), "m") == JSON_READ_NOT_JSON);
	}
}

// Cut at every byte, or with one more at its end, a document is none.
static void json_read_whole_only(void)
{
	static const char text[] = "{\"a\":[1,\"\\u00e9\xc3\xa9\",{\"b\":null}],\"m\":true}";
	static const char more[] = "\0,:1\"{}[]tx\\";

	for (size_t size = 0; size < sizeof(text) - 1; size++)
		test_assert(read_from(text, size, "m") == JSON_READ_NOT_JSON);
	for (size_t i = 0; i < sizeof(more); i++) {
		char longer[sizeof(text)];

		memcpy(longer, text, sizeof(text) - 1);
		longer[sizeof(text) - 1] = more[i];
		test_assert(read_from(longer, sizeof(longer), "m") == JSON_READ_NOT_JSON);
	}
}

// Deep in itself, and as the last of many: every combination of brackets at the bound.
static void json_read_depth(void)
{
	char text[4 * JSON_READ_DEPTH_MAX + 64];

	for (int depth = 1; depth <= JSON_READ_DEPTH_MAX + 1; depth++) {
		char *at = text + sprintf(text, "{\"m\":true,\"a\":");

		for (int i = 1; i < depth; i++)
			*at++ = '[';
		for (int i = 1; i < depth; i++)
			*at++ = ']';
		at += sprintf(at, "%s}", depth == 1 ? "1" : "");
		test_assert(read_from(text, (size_t)(at - text), "m") ==
			(depth <= JSON_READ_DEPTH_MAX ? YES : JSON_READ_TOO_DEEP));
	}
}

/*
 * The work is counted in bytes: behind those that may be read the memory is not there. `size` is what
 * the reader is told.
 */
static enum json_read read_at_edge(const char *start, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), length = strlen(start);
	uint8_t *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enum json_read result;
	bool value;

	if (memory == MAP_FAILED || mprotect(memory + page, page, PROT_NONE))
		abort();
	memcpy(memory + page - length, start, length);
	result = json_read_bool(memory + page - length, size, "m", &value);
	munmap(memory, 2 * page);
	return result;
}

static void json_read_little_work(void)
{
	char brackets[JSON_READ_DEPTH_MAX + 2] = { 0 };

	test_assert(read_at_edge("", 100000000) == JSON_READ_TOO_LONG);
	test_assert(read_at_edge("", JSON_READ_SIZE_MAX + 1) == JSON_READ_TOO_LONG);
	memset(brackets, '[', JSON_READ_DEPTH_MAX + 1);
	test_assert(read_at_edge(brackets, 100000) == JSON_READ_TOO_LONG);
	test_assert(read_at_edge(brackets, JSON_READ_SIZE_MAX) == JSON_READ_TOO_DEEP);
	test_assert(read_at_edge("]", JSON_READ_SIZE_MAX) == JSON_READ_NOT_JSON);
}

// The largest documents of a few kinds, to their last byte.
static void json_read_largest(void)
{
	static const char *const units[] = { " ", "\"a\":1,", "\"m \":{},", "\"\\u006d\\u006d\":\"\\\\\",",
		"\"a\":[{\"m\":true}],", "\"\xf0\x9f\x98\x80\":-1.5e-7," };
	static const char end[] = "\"m\":true}";
	char *text = malloc(JSON_READ_SIZE_MAX + 1);

	test_assert(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		size_t length = strlen(units[i]), at = 1;

		test_case = units[i];
		memset(text, ' ', JSON_READ_SIZE_MAX + 1);
		text[0] = '{';
		for (; at + length + sizeof(end) - 1 <= JSON_READ_SIZE_MAX; at += length)
			memcpy(text + at, units[i], length);
		memcpy(text + at, end, sizeof(end) - 1);
		test_assert(read_from(text, JSON_READ_SIZE_MAX, "m") == YES);
		test_assert(read_from(text, JSON_READ_SIZE_MAX + 1, "m") == JSON_READ_TOO_LONG);
	}
	free(text);
}

int main(void)
{
	test_run(json_read_members);
	test_run(json_read_paths);
	test_run(json_read_good_values);
	test_run(json_read_bad_values);
	test_run(json_read_whole_only);
	test_run(json_read_depth);
	test_run(json_read_little_work);
	test_run(json_read_largest);
	return test_result();
}
