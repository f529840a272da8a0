// SPDX-License-Identifier: Apache-2.0
// Lists of digests; see digests.h.

#include "digests.h"

#include <string.h>

#include "text.h"

#define DIGITS (2 * DIGESTS_SHA256_SIZE)

// The next word at or after *at; its length, 0 at the end of the list.
static size_t next_word(const char **at)
{
	*at += strspn(*at, " ");
	return strcspn(*at, " ");
}

bool digests_good(const char *list)
{
	for (size_t n; (n = next_word(&list)); list += n) {
		if (n != DIGITS || strspn(list, "0123456789abcdef") < DIGITS)
			return false;
	}
	return true;
}

bool digests_have(const char *list, const uint8_t digest[static DIGESTS_SHA256_SIZE])
{
	char word[DIGITS + 1];
	struct text text = TEXT_IN(word);

	text_add_hex(&text, digest, DIGESTS_SHA256_SIZE);
	for (size_t n; (n = next_word(&list)); list += n) {
		if (n == DIGITS && !memcmp(list, word, DIGITS))
			return true;
	}
	return false;
}
