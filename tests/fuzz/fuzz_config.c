// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the signed configuration. An error leaves the result alone; a good one is
// within bounds.

#include <stdlib.h>
#include <string.h>

#include "../../src/config.c"
#include "../../src/digests.c"
#include "../../src/settings.c"
#include "../../src/text.c"

static const char rest[] =
	"\nvariant = production\nstage = bootloader\nkey-source = caam-tk\nlayout = 1\nfuses = f\n"
	"disk-timeout = 1\nrng-timeout = 1\nreboot-delay = 1\nwatchdog = 1\nos-watchdog = 1\n"
	"minimum-version = 1\ncmdline-pass = a b\ndevice-type = t\ninstaller-medium = m\nminimum-installer = 1\n"
	"revoked-kernels =\n";

static void check(const uint8_t *data, size_t size)
{
	struct config config, before;
	unsigned int line;
	int error;

	memset(&config, 0x5a, sizeof(config));
	before = config;
	error = config_parse(data, size, &config, &line);
	if (error) {
		if (error != BB_CONFIG_BAD || memcmp(&config, &before, sizeof(config)))
			abort();
		return;
	}
	if (!memchr(config.disk, 0, sizeof(config.disk)) ||
	    !memchr(config.fuses, 0, sizeof(config.fuses)) ||
	    !memchr(config.device_type, 0, sizeof(config.device_type)) || !config.device_type[0] ||
	    !memchr(config.installer_medium, 0, sizeof(config.installer_medium)) ||
	    !memchr(config.cmdline_pass, 0, sizeof(config.cmdline_pass)) ||
	    !memchr(config.cmdline_add, 0, sizeof(config.cmdline_add)) || !config.disk[0] ||
	    config.variant > VARIANT_DEVELOPMENT || config.stage > STAGE_INSTALLER ||
	    !memchr(config.revoked_kernels, 0, sizeof(config.revoked_kernels)) ||
	    config.revoked_kernels[strspn(config.revoked_kernels, "0123456789abcdef ")] ||
	    config.disk_timeout > 600 || config.layout > CONFIG_LAYOUT_EITHER)
		abort();
}

// A good configuration has every key once: twice the same is bad, and comments change nothing.
static void check_twice(const uint8_t *data, size_t size)
{
	static const char comment[] = "\n# nothing\n";
	uint8_t *twice = malloc(2 * size + sizeof(comment));
	struct config config, again;
	unsigned int line;

	memset(&again, 0, sizeof(again));
	if (!twice)
		abort();
	memcpy(twice, data, size);
	memcpy(twice + size, comment, sizeof(comment) - 1);
	memcpy(twice + size + sizeof(comment) - 1, data, size);
	if (!config_parse(data, size, &config, &line) &&
		(config_parse(twice, size + sizeof(comment) - 1, &again, &line) ||
			memcmp(&config, &again, sizeof(config)) ||
			!config_parse(twice, 2 * size + sizeof(comment) - 1, &again, &line)))
		abort();
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *whole = malloc(size + sizeof(rest));

	// Alone, and with the keys that it may lack.
	check(data, size);
	if (!whole)
		abort();
	memcpy(whole, data, size);
	memcpy(whole + size, rest, sizeof(rest) - 1);
	check(whole, size + sizeof(rest) - 1);
	check_twice(whole, size + sizeof(rest) - 1);
	free(whole);
	return 0;
}
