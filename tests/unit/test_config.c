// SPDX-License-Identifier: Apache-2.0
// The signed configuration: each key missing, given twice and with bad values; and the configurations
// themselves as the build composes them. Usage: test_config [DIRECTORY], by default build/initramfs.

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "config.h"
#include "digests.h"
#include "error.h"
#include "settings.h"
#include "test.h"

#define DIGEST_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define DIGEST_B "00112233445566778899aabbccddeeff00112233445566778899aabbccddeefe"

static const char *const lines[] = {
	"variant = production", "stage = bootloader", "key-source = caam-tk", "layout = 2",
	"disk = platform/x.mmc", "fuses = imx-ocotp0", "disk-timeout = 10", "rng-timeout = 11",
	"reboot-delay = 12", "watchdog = 60", "os-watchdog = 0", "minimum-version = 7",
	"cmdline-pass = console quiet", "cmdline-add = a=b c", "device-type = board",
	"installer-medium = platform/y.mmc platform/z.usb", "minimum-installer = 3",
	"revoked-kernels = " DIGEST_A " " DIGEST_B,
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static const char *directory = "build/initramfs";

static int parse(const char *text, struct config *config, unsigned int *line)
{
	size_t size = strlen(text);
	uint8_t *data = malloc(size + !size);
	int error;

	if (!data)
		abort();
	memcpy(data, text, size);
	error = config_parse(data, size, config, line);
	free(data);
	return error;
}

// All lines, with line `at` replaced by another one, or left out when that is NULL.
static int parse_with(size_t at, const char *other, struct config *config, unsigned int *line)
{
	char text[8192] = "";

	for (size_t i = 0; i < LINES; i++) {
		const char *use = i == at ? other : lines[i];

		if (use) {
			strcat(text, use);
			strcat(text, "\n");
		}
	}
	return parse(text, config, line);
}

static void config_good(void)
{
	struct config c = { 0 };
	unsigned int line;

	test_assert(!parse_with(LINES, NULL, &c, &line));
	test_assert(c.variant == VARIANT_PRODUCTION && c.stage == STAGE_BOOTLOADER);
	test_assert(c.key_source == KEY_SOURCE_CAAM_TK && c.layout == CONFIG_LAYOUT_2);
	test_assert(!strcmp(c.disk, "platform/x.mmc") && !strcmp(c.fuses, "imx-ocotp0"));
	test_assert(c.disk_timeout == 10 && c.rng_timeout == 11 && c.reboot_delay == 12);
	test_assert(c.watchdog == 60 && c.os_watchdog == 0 && c.minimum_version == 7);
	test_assert(!strcmp(c.cmdline_pass, "console quiet") && !strcmp(c.cmdline_add, "a=b c"));
	test_assert(!strcmp(c.revoked_kernels, DIGEST_A " " DIGEST_B));
	test_assert(!strcmp(c.device_type, "board") && c.minimum_installer == 3);
	test_assert(!strcmp(c.installer_medium, "platform/y.mmc platform/z.usb"));
}

static void config_key_sources(void)
{
	static const char *const names[] = { "caam-tk", "caam-trusted", "caam-pk" };

	for (int source = KEY_SOURCE_CAAM_TK; source <= KEY_SOURCE_CAAM_PK; source++) {
		struct config c = { 0 };
		unsigned int line;
		char text[64];

		snprintf(text, sizeof(text), "key-source = %s", names[source]);
		test_assert(!parse_with(2, text, &c, &line) && c.key_source == (uint32_t)source);
		test_assert(config_key_source(names[source]) == source);
	}
	test_assert(config_key_source("caam") == -EINVAL && config_key_source("") == -EINVAL);
}

static void config_every_key_is_needed_once(void)
{
	for (size_t i = 0; i < LINES; i++) {
		struct config c, before;
		unsigned int line = 99;
		char twice[256];

		memset(&c, 0x5a, sizeof(c));
		before = c;
		test_case = lines[i];
		test_assert(parse_with(i, NULL, &c, &line) == BB_CONFIG_BAD && line == 0);
		snprintf(twice, sizeof(twice), "%s\n%s", lines[i], lines[i]);
		test_assert(parse_with(i, twice, &c, &line) == BB_CONFIG_BAD && line == i + 2);
		test_assert(!memcmp(&c, &before, sizeof(c)));
	}
}

static void config_bad_lines(void)
{
	static const struct {
		size_t at;
		const char *line;
	} cases[] = {
		{ 0, "variant = Production" }, { 0, "variant = " }, { 0, "variant" }, { 0, "= production" },
		{ 0, "variant = production x" }, { 0, "variant = production " }, { 0, "variant = test" },
		{ 0, "variants = production" }, { 0, " variant = production" }, { 0, "Variant = production" },
		{ 0, "variant = production\r" }, { 0, "  # an indented comment" },
		{ 1, "stage = flash" }, { 1, "stage = 0" }, { 2, "key-source = caam" },
		{ 3, "layout = 0" }, { 3, "layout = 3" }, { 3, "layout = 12" }, { 3, "layout = 1 2" },
		{ 3, "layout = " }, { 3, "layout = Either" }, { 3, "layout = 2 " }, { 3, "layout = 02" },
		{ 3, "key-size = 56" },
		{ 4, "disk =" }, { 4, "disk = a b" }, { 5, "fuses =" }, { 5, "fuses = x " },
		{ 6, "disk-timeout = 601" }, { 6, "disk-timeout = -1" }, { 6, "disk-timeout = 25" },
		{ 7, "rng-timeout = 39" }, { 8, "reboot-delay = 40" }, { 9, "watchdog = 32" },
		{ 7, "rng-timeout = 601" },
		{ 7, "rng-timeout = 1s" }, { 8, "reboot-delay = 601" }, { 9, "watchdog = 601" },
		{ 10, "os-watchdog = 601" }, { 11, "minimum-version = 4294967296" },
		{ 11, "minimum-version = 99999999999999999999999" },
		{ 14, "device-type =" }, { 14, "device-type = a b" }, { 16, "minimum-installer = x" },
		{ 16, "minimum-installer = 4294967296" },
		{ 17, "revoked-kernels = none" }, { 17, "revoked-kernels = " DIGEST_A "0" },
		{ 17, "revoked-kernels = " DIGEST_A DIGEST_B }, { 17, "revoked-kernels = " DIGEST_A "," DIGEST_B },
		{ 17, "revoked-kernels = " DIGEST_A " " DIGEST_B " 0" },
		{ 17, "revoked-kernels = 00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff" },
		{ 17, "revoked-kernels = 0x112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config c;
		unsigned int line = 99;

		test_case = cases[i].line;
		test_assert(parse_with(cases[i].at, cases[i].line, &c, &line) == BB_CONFIG_BAD);
		test_assert(line == cases[i].at + 1 || line == 0);
	}
}

static void config_good_lines(void)
{
	static const struct {
		size_t at;
		const char *line;
	} cases[] = {
		{ 0, "variant=production" }, { 0, "variant   =   development" }, { 0, "\n\nvariant = production" },
		{ 0, "# comment = x\nvariant = production\n \t" }, { 1, "stage = os" }, { 1, "stage = unlock" },
		{ 3, "layout = 1" }, { 3, "layout = either" }, { 6, "disk-timeout = 0" },
		{ 6, "disk-timeout = 24" }, { 7, "rng-timeout = 38" }, { 8, "reboot-delay = 39" },
		{ 9, "watchdog = 33" }, { 9, "watchdog = 0" }, { 11, "minimum-version = 4294967295" },
		{ 1, "stage = flasher" }, { 1, "stage = installer" },
		{ 15, "installer-medium =" }, { 16, "minimum-installer = 4294967295" },
		{ 17, "revoked-kernels =" }, { 17, "revoked-kernels = " DIGEST_A "  " DIGEST_A },
		{ 12, "cmdline-pass =" }, { 13, "cmdline-add = " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config c;
		unsigned int line;

		test_case = cases[i].line;
		test_assert(!parse_with(cases[i].at, cases[i].line, &c, &line));
	}
}

// The longest text that fits, and one byte more; then lines longer than any.
static void config_texts_are_bounded(void)
{
	static const struct {
		size_t at, size;
	} texts[] = { { 4, CONFIG_WORD_MAX }, { 5, CONFIG_WORD_MAX }, { 12, CONFIG_TEXT_MAX },
		{ 13, CONFIG_TEXT_MAX }, { 14, CONFIG_WORD_MAX }, { 15, CONFIG_TEXT_MAX } };
	struct config c;
	unsigned int line;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t length = texts[i].size - 2; length <= texts[i].size + 200; length++) {
			char value[1024] = { 0 }, text[1200];

			memset(value, 'x', length);
			snprintf(text, sizeof(text), "%.*s= %s", (int)strcspn(lines[texts[i].at], "="),
				lines[texts[i].at], value);
			test_assert(parse_with(texts[i].at, text, &c, &line) ==
				(length < texts[i].size ? 0 : BB_CONFIG_BAD));
		}
	}
}

static void config_no_newline_and_nul(void)
{
	struct config c;
	unsigned int line;

	test_assert(config_parse((const uint8_t *)"", 0, &c, &line) == BB_CONFIG_BAD);
	test_assert(config_parse((const uint8_t *)"#\0\n", 3, &c, &line) == BB_CONFIG_BAD && line == 1);
	test_assert(config_parse((const uint8_t *)"\n\n\0", 3, &c, &line) == BB_CONFIG_BAD && line == 3);
	test_assert(!parse("cmdline-add = x\ncmdline-pass = y\nminimum-version = 0\nos-watchdog = 0\n"
		"watchdog = 0\nreboot-delay = 0\nrng-timeout = 0\ndisk-timeout = 0\nfuses = f\ndisk = d\n"
		"layout = either\nkey-source = caam-tk\nminimum-installer = 0\ninstaller-medium =\n"
		"revoked-kernels =\ndevice-type = x\nstage = os\nvariant = production", &c, &line));
}

// As many revoked kernels as there is room for, and one more.
static void config_revoked_kernels_are_bounded(void)
{
	for (size_t count = 1; count <= CONFIG_REVOKED_MAX + 1; count++) {
		char text[80 * (CONFIG_REVOKED_MAX + 1)] = "revoked-kernels =";
		struct config c;
		unsigned int line;

		for (size_t i = 0; i < count; i++)
			strcat(text, " " DIGEST_A);
		test_assert(parse_with(17, text, &c, &line) == (count <= CONFIG_REVOKED_MAX ? 0 : BB_CONFIG_BAD));
	}
}

// The whole digest counts, wherever in the list it is.
static void config_revoked_kernels_are_found(void)
{
	static const char *const lists[] = { DIGEST_A, DIGEST_A " " DIGEST_B, DIGEST_B "  " DIGEST_A };
	uint8_t digest[32], other[32];

	for (size_t i = 0; i < sizeof(digest); i++)
		digest[i] = (uint8_t)(i % 16 * 0x11);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		test_assert(digests_good(lists[i]) && digests_have(lists[i], digest));
		for (size_t bit = 1; bit < 8 * sizeof(digest); bit++) {
			memcpy(other, digest, sizeof(other));
			other[bit / 8] ^= (uint8_t)(1 << bit % 8);
			test_assert(digests_have(lists[i], other) == (i > 0 && bit == 8 * 31));
		}
	}
	test_assert(!digests_have("", digest) && !digests_have(DIGEST_B, digest) && digests_good(""));
}

// Lines that are no number of the table's, but too long for the reader.
static void config_lines_are_bounded(void)
{
	for (size_t length = SETTINGS_LINE_MAX - 2; length < SETTINGS_LINE_MAX + 3; length++) {
		char comment[SETTINGS_LINE_MAX + 8] = { 0 }, text[sizeof(comment) + 64];
		struct config c;
		unsigned int line;

		memset(comment, '#', length);
		snprintf(text, sizeof(text), "%s\n%s", comment, lines[0]);
		test_assert(parse_with(0, text, &c, &line) == (length <= SETTINGS_LINE_MAX ? 0 : BB_CONFIG_BAD));
	}
}

// What starts an installer must say where its medium is.
static void config_installers_name_a_medium(void)
{
	static const char *const stages[] = { "flasher", "installer", "bootloader", "os" };

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		char text[1024] = "stage = ";
		struct config c;
		unsigned int line = 99;

		test_case = stages[i];
		strcat(text, stages[i]);
		for (size_t j = 0; j < LINES; j++) {
			if (j == 1)
				continue;
			strcat(text, "\n");
			strcat(text, j == 15 ? "installer-medium = " : lines[j]);
		}
		test_assert(parse(text, &c, &line) == (i < 2 ? BB_CONFIG_BAD : 0) && line == 0);
	}
}

static void config_files_of_the_build(void)
{
	glob_t found;
	char pattern[512];

	snprintf(pattern, sizeof(pattern), "%s/*.conf", directory);
	test_assert(!glob(pattern, 0, NULL, &found));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		uint8_t data[CONFIG_SIZE_MAX];
		size_t size = get_file(found.gl_pathv[i], data, sizeof(data));
		struct config c;
		unsigned int line;
		int error = config_parse(data, size, &c, &line);
		const char *name;
		bool production;

		test_case = found.gl_pathv[i];
		test_assert(size < sizeof(data));
		test_assert(!error);
		name = strrchr(test_case, '/') + 1;
		production = !strstr(name, "development") && strncmp(name, "os", 2) &&
			strcmp(name, "undefended-flasher.conf");
		test_assert(production == (c.variant == VARIANT_PRODUCTION));
	}
	test_assert(found.gl_pathc >= 13);
	globfree(&found);
}

int main(int argc, char **argv)
{
	const char *build = getenv("BUILD");
	char path[256];

	if (build) {
		snprintf(path, sizeof(path), "%s/initramfs", build);
		directory = path;
	}
	directory = argc > 1 ? argv[1] : directory;
	test_run(config_good);
	test_run(config_key_sources);
	test_run(config_every_key_is_needed_once);
	test_run(config_bad_lines);
	test_run(config_good_lines);
	test_run(config_texts_are_bounded);
	test_run(config_revoked_kernels_are_bounded);
	test_run(config_revoked_kernels_are_found);
	test_run(config_lines_are_bounded);
	test_run(config_installers_name_a_medium);
	test_run(config_no_newline_and_nul);
	test_run(config_files_of_the_build);
	return test_result();
}
