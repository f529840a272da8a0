/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of SHA-256 digests as text: 64 hexadecimal digits in lower case each, with blanks in between. */
#ifndef BB_DIGESTS_H
#define BB_DIGESTS_H

#include <stdbool.h>
#include <stdint.h>

#define DIGESTS_SHA256_SIZE 32

/* Whether the text is such a list; an empty one is. */
bool digests_good(const char *list);

/* Whether a good list has this digest. */
bool digests_have(const char *list, const uint8_t digest[static DIGESTS_SHA256_SIZE]);

#endif
