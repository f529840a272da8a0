// SPDX-License-Identifier: Apache-2.0
// Which Images a production key may not sign.

#include <stdlib.h>
#include <string.h>

#include "pki.h"
#include "test.h"
#include "variant.h"

#define BANNER(release) "Linux version " release " (balena@bootloader) (gcc 12) #1 SMP"

static const struct variant_case {
	const char *name, *image; // the NULs between the texts stand as '|' here
	bool good;
} cases[] = {
	{ "production", "x|" BANNER("6.12.117-balena-bootloader") "|x", true },
	{ "twice", BANNER("6.12.1") "|" BANNER("6.12.1"), true },
	{ "a format beside it", "Linux version %s (%s)|" BANNER("6.12.1"), true },
	{ "a message beside it", BANNER("6.12.1") "|needs Linux version 5 or newer", true },
	{ "empty", "", false },
	{ "no banner", "6.12.117-balena-os", false },
	{ "nothing but a format", "Linux version %s (%s)", false },
	{ "nothing but a message", "needs Linux version 5 or newer", false },
	{ "cut short", "Linux version 6.12.1", false },
	{ "cut behind the blank", "Linux version 6.12.1 ", false },
	{ "no release", "Linux version  (x)", false },
	{ "control characters", "Linux version 6.\x01 (x)", false },
	{ "too long",
		BANNER("6.12.1-0123456789012345678901234567890123456789012345678901234567890"),
		false },
	{ "development", BANNER("6.12.117-balena-os-development"), false },
	{ "development in the middle", BANNER("6.12.117-development-rc1"), false },
	{ "development in capitals", BANNER("6.12.117-Development-load"), false },
	{ "development second", BANNER("6.12.1") "|" BANNER("6.12.1-development"), false },
	{ "two releases", BANNER("6.12.1") "|" BANNER("6.12.2"), false },
	{ "one release begins with the other", BANNER("6.12.1") "|" BANNER("6.12.10"), false },
	{ "development certificate", BANNER("6.12.1") "|" PKI_DEVELOPMENT_UNIT, false },
	{ "development certificate in capitals",
		BANNER("6.12.1") "|Balena-Bootloader DEVELOPMENT", false },
	{ "development certificate, BMPString",
		BANNER("6.12.1") "|b|a|l|e|n|a|-|b|o|o|t|l|o|a|d|e|r| |d|e|v|e|l|o|p|m|e|n|t",
		false },
	{ "half of it in wide characters",
		BANNER("6.12.1") "|b|a|l|e|n|a|-|b|o|o|t|l|o|a|d|e|r development", true },
	{ "other characters between",
		BANNER("6.12.1") "|xbxaxlxexnxax-xbxoxoxtxlxoxaxdxexrx xdxexvxexlxoxpxmxexnxt",
		true },
	{ "cut short in wide characters",
		BANNER("6.12.1") "|b|a|l|e|n|a|-|b|o|o|t|l|o|a|d|e|r| |d|e|v|e|l|o|p|m|e|n", true },
	{ "development certificate first", PKI_DEVELOPMENT_UNIT "|" BANNER("6.12.1"), false },
};

// A copy of exactly its size, so that the sanitizer sees a read beyond it.
static bool is_good(
	const char *(*refusal)(const uint8_t *, size_t), const char *image, size_t size)
{
	uint8_t *copy = malloc(size + !size);
	bool good;

	if (!copy)
		abort();
	memcpy(copy, image, size);
	for (size_t i = 0; i < size; i++)
		copy[i] = copy[i] == '|' ? 0 : copy[i];
	good = !refusal(copy, size);
	free(copy);
	return good;
}

static void try_cases(
	const char *(*refusal)(const uint8_t *, size_t), const struct variant_case *c, size_t count)
{
	for (; count; c++, count--) {
		test_case = c->name;
		test_assert(is_good(refusal, c->image, strlen(c->image)) == c->good);
	}
}

static void variant_cases(void)
{
	try_cases(variant_refusal, cases, sizeof(cases) / sizeof(cases[0]));
}

// Wherever the Image ends: good once the first banner's release is complete, and never without it.
static void variant_every_size(void)
{
	static const char image[] = BANNER("6.12.1");

	for (size_t size = 0; size < sizeof(image); size++)
		test_assert(is_good(variant_refusal, image, size) ==
			    (size >= strlen("Linux version 6.12.1 (")));
}

static void variant_modules(void)
{
	static const struct variant_case modules[] = {
		{ "no release", "\177ELF", true },
		{ "production", "x|vermagic=6.12.117 SMP preempt|x", true },
		{ "elsewhere", "vermagic=6.12.117 SMP-development|-development", true },
		{ "development", "x|vermagic=6.12.117-development SMP|", false },
		{ "in capitals", "vermagic=6.12.117-Development-load SMP|", false },
		{ "second", "vermagic=6.12.117 SMP|vermagic=6.12.1-development", false },
		{ "cut short", "vermagic=6.12.117-developmen", true },
		{ "nothing behind it", "vermagic=", true },
	};

	try_cases(variant_module_refusal, modules, sizeof(modules) / sizeof(modules[0]));
}

int main(void)
{
	test_run(variant_cases);
	test_run(variant_every_size);
	test_run(variant_modules);
	return test_result();
}
