// SPDX-License-Identifier: Apache-2.0
// The marks of a development Image; see variant.h.

#include "variant.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "pki.h"

/*
 * linux_banner (init/version-timestamp.c) begins with this, and goes on with the release and " (".
 * The compiler may have left it in the Image more than once.
 */
#define BANNER "Linux version "
#define MODULE_RELEASE "vermagic=" /* in a module; goes on with the release and " " */
#define RELEASE_MAX 64u /* __NEW_UTS_LEN of linux/utsname.h */

struct bytes {
	const uint8_t *data;
	size_t size;
};

static const uint8_t *find(struct bytes in, const char *text)
{
	return memmem(in.data, in.size, text, strlen(text));
}

// Whether a text, in lower case, stands there in any case, in characters of that many bytes.
static bool is_at(const uint8_t *data, const char *text, size_t width)
{
	for (; *text; text++) {
		for (size_t i = 1; i < width; i++) {
			if (*data++)
				return false;
		}
		if (tolower(*data++) != *text)
			return false;
	}
	return true;
}

// A mark, however it was written: people write releases, and certificates have types of strings.
static bool has_mark(struct bytes in, const char *mark)
{
	for (size_t width = 1; width <= 4; width *= 2) { // UTF-8, BMPString, UniversalString
		size_t size = strlen(mark) * width;

		for (size_t at = 0; at < in.size && size <= in.size - at; at++) {
			if (is_at(in.data + at, mark, width))
				return true;
		}
	}
	return false;
}

// What follows "Linux version " up to " (". Anything else is another text, such as a format of
// printk.
static bool read_release(struct bytes behind, struct bytes *ret)
{
	size_t length = 0;

	while (length < behind.size && behind.data[length] > ' ' && behind.data[length] <= '~' &&
		behind.data[length] != '%')
		length++;
	if (length == 0 || length > RELEASE_MAX || behind.size - length < 2 ||
		memcmp(behind.data + length, " (", 2))
		return false;
	*ret = (struct bytes){ behind.data, length };
	return true;
}

static const char *check_releases(struct bytes image)
{
	struct bytes first = { NULL, 0 }, release;
	const uint8_t *banner;

	while ((banner = find(image, BANNER))) {
		image.size -= (size_t)(banner - image.data) + strlen(BANNER);
		image.data = banner + strlen(BANNER);
		if (!read_release(image, &release))
			continue;
		if (has_mark(release, VARIANT_DEVELOPMENT))
			return "its release says that it is for development";
		if (first.data && (first.size != release.size ||
					  memcmp(first.data, release.data, first.size)))
			return "it names two releases, so that nothing says which variant it is";
		first = release;
	}
	return first.data ? NULL
			  : "it names no release (\"" BANNER "...\"), so that nothing says "
			    "which variant it is";
}

const char *variant_refusal(const uint8_t *image, size_t size)
{
	struct bytes whole = { image, size };

	if (has_mark(whole, PKI_DEVELOPMENT_UNIT))
		return "a development certificate is built into it";
	return check_releases(whole);
}

const char *variant_module_refusal(const uint8_t *module, size_t size)
{
	struct bytes rest = { module, size };
	const uint8_t *found;

	while ((found = find(rest, MODULE_RELEASE))) {
		struct bytes release = { found + strlen(MODULE_RELEASE), 0 };

		rest.size -= (size_t)(release.data - rest.data);
		rest.data = release.data;
		while (release.size < rest.size && release.data[release.size] > ' ')
			release.size++;
		if (has_mark(release, VARIANT_DEVELOPMENT))
			return "its release says that it is for development";
	}
	return NULL;
}
