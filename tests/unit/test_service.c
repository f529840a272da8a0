// SPDX-License-Identifier: Apache-2.0
// What a signing service is asked and answers; and the CSF's text.

#include <stdlib.h>
#include <string.h>

#include "csf-text.h"
#include "service-json.h"
#include "test.h"

#define MAX 9

static void requests_are_json(void)
{
	const struct service_member members[] = { { "id", "a1", NULL, 0 },
		{ "payload", NULL, (const uint8_t *)"\xff\0z", 3 },
		{ "csf", NULL, (const uint8_t *)"ab", 2 }, { NULL, NULL, NULL, 0 } };
	size_t size = 0;
	char *body = service_request(members, &size);

	test_assert(body && !strcmp(body, "{\"id\":\"a1\",\"payload\":\"/wB6\",\"csf\":\"YWI=\"}"));
	test_assert(size == strlen(body));
	free(body);
}

// Good answers, and the bytes in them.
static void answers_are_taken(void)
{
	static const struct {
		const char *json, *bytes;
	} cases[] = {
		{ "{\"signed\":\"YWJj\"}", "abc" },
		{ " {\"a\":[{}],\"signed\":\"YWI=\",\"extra_output\":\"x\"}\r\n\t ", "ab" },
		{ "{\"signed\":\"YQ==\"}", "a" },
		{ "{\"signed\":\"YWJj\\u002b\\/+/\"}", "abc\xfb\xff\xbf" },
		{ "{\"signed\":\"YWJjYWJjYWJj\"}", "abcabcabc" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *bytes;
		size_t size;

		test_case = cases[i].json;
		test_assert(!service_answer(cases[i].json, strlen(cases[i].json), "signed", MAX, &bytes, &size));
		test_assert(size == strlen(cases[i].bytes) && !memcmp(bytes, cases[i].bytes, size));
		free(bytes);
	}
}

static void answers_are_refused(void)
{
	static const char not_json[] = "not a JSON object", lacks[] = "lacks", large[] = "is larger",
		base64[] = "not base64";
	static const struct {
		const char *json, *wrong;
	} cases[] = {
		{ "", not_json }, { "\"signed\"", not_json }, { "[]", not_json }, { "null", not_json },
		{ "{\"signed\":\"YWJj\"", not_json }, { "{\"signed\":\"YWJj\"}}", not_json },
		{ "{\"signed\":\"YWJj\"} {}", not_json }, { "{'signed':'YWJj'}", not_json },
		{ "{\"signed\":\"YWJj\",}", not_json }, { "{\"signed\":\"YWJj\"}//", not_json },
		{ "{\"a\":[[[[0]]]],\"signed\":\"YWJj\"}", not_json },
		{ "{\"signed\":\"YW\xff\"}", not_json },
		{ "{}", lacks }, { "{\"Signed\":\"YWJj\"}", lacks }, { "{\"signed\":\"\"}", lacks },
		{ "{\"signed\":7}", lacks }, { "{\"signed\":null}", lacks }, { "{\"signed\":[\"YWJj\"]}", lacks },
		{ "{\"signed\":\"YWJjYWJjYWJjYQ==\"}", large },
		{ "{\"signed\":\"YWJ\"}", base64 }, { "{\"signed\":\"YWJ=\"}", base64 }, // spare bits
		{ "{\"signed\":\"YR==\"}", base64 }, { "{\"signed\":\"Y===\"}", base64 },
		{ "{\"signed\":\"====\"}", base64 }, { "{\"signed\":\"YQ==YWJj\"}", base64 },
		{ "{\"signed\":\"YWJj\\n\"}", base64 }, { "{\"signed\":\"YW J\"}", base64 },
		{ "{\"signed\":\"YW-_\"}", base64 }, { "{\"signed\":\"YWJ\\u0000\"}", base64 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *bytes;
		size_t size;
		const char *wrong;

		test_case = cases[i].json;
		wrong = service_answer(cases[i].json, strlen(cases[i].json), "signed", MAX, &bytes, &size);
		test_assert(wrong && strstr(wrong, cases[i].wrong) && !bytes && !size);
	}
}

// A limit that is no multiple of 3 is one of bytes, not of groups.
static void the_limit_is_exact(void)
{
	static const char json[] = "{\"signed\":\"YWJj\"}";
	uint8_t *bytes;
	size_t size;

	test_assert(service_answer(json, sizeof(json) - 1, "signed", 2, &bytes, &size) && !bytes);
	test_assert(!service_answer(json, sizeof(json) - 1, "signed", 3, &bytes, &size) && size == 3);
	free(bytes);
}

static void errors_are_plain(void)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "{\"error\":\"PKI is unknown\"}", "PKI is unknown" },
		{ "{\"detail\":\"no token\",\"status\":401}", "no token" },
		{ "{\"error\":\"\\u001b[2J\\r\\n\xc3\xa4\"}", "?[2J????" },
		{ "{\"error\":\"a\\u0000b\"}", "a" }, { "{\"error\":{}}", "" }, { "<html>", "" }, { "", "" },
	};
	char error[SERVICE_ERROR_SIZE], longest[1000];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case = cases[i].json;
		service_error(cases[i].json, strlen(cases[i].json), error);
		test_assert(!strcmp(error, cases[i].text));
	}
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "{\"error\":\"", 10);
	memcpy(longest + sizeof(longest) - 2, "\"}", 2);
	service_error(longest, sizeof(longest), error);
	test_assert(strlen(error) == SERVICE_ERROR_SIZE - 1);
}

static void csf_text_names_slot_and_block(void)
{
	char text[CSF_TEXT_SIZE];

	csf_text(3, 4096, UINT32_MAX, UINT32_MAX, text);
	test_assert(strlen(text) < CSF_TEXT_SIZE - 1);
	test_assert(strstr(text, "Source index = 3\n") && strstr(text, "/CSF4_1_sha256_4096_65537_v3_usr_crt"));
	test_assert(strstr(text, "Blocks = 0xffffffff 0x00000000 0xffffffff \"%%BIN_PATH%%\"\n"));
}

int main(void)
{
	test_run(requests_are_json);
	test_run(answers_are_taken);
	test_run(answers_are_refused);
	test_run(the_limit_is_exact);
	test_run(errors_are_plain);
	test_run(csf_text_names_slot_and_block);
	return test_result();
}
