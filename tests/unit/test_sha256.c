// SPDX-License-Identifier: Apache-2.0
// SHA-256 beside its published examples, and beside libcrypto for every length around its blocks.

#include <openssl/sha.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sha256.h"
#include "test.h"
#include "text.h"

// NIST, "Examples with Intermediate Values", SHA-256; the empty message is the first of SHA256ShortMsg.rsp.
static void sha256_examples(void)
{
	static const struct {
		const char *message, *digest;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t digest[SHA256_SIZE];
		char hex[2 * SHA256_SIZE + 1];
		struct text text = TEXT_IN(hex);

		test_case = cases[i].message;
		sha256((const uint8_t *)cases[i].message, strlen(cases[i].message), digest);
		text_add_hex(&text, digest, sizeof(digest));
		test_assert(!strcmp(hex, cases[i].digest));
	}
}

// The data have a block of memory of their own: a byte read beyond them is found.
static void sha256_every_length(void)
{
	for (size_t size = 0; size < 300; size++) {
		uint8_t *data = malloc(size + !size), ours[SHA256_SIZE], theirs[SHA256_SIZE];

		if (!data)
			abort();
		for (size_t i = 0; i < size; i++)
			data[i] = (uint8_t)(i * 7 + size);
		sha256(data, size, ours);
		SHA256(data, size, theirs);
		free(data);
		test_assert(!memcmp(ours, theirs, sizeof(ours)));
	}
}

static void sha256_no_message(void)
{
	uint8_t ours[SHA256_SIZE], theirs[SHA256_SIZE];

	sha256(NULL, 0, ours);
	SHA256((const uint8_t *)"", 0, theirs);
	test_assert(!memcmp(ours, theirs, sizeof(ours)));
}

int main(void)
{
	test_run(sha256_examples);
	test_run(sha256_every_length);
	test_run(sha256_no_message);
	return test_result();
}
