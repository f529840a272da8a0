// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the signed configuration. An error leaves the result alone; a good one is
// within bounds.

#include <stdlib.h>

#include "../../src/config.c"
#include "../../src/text.c"

static const char rest[] =
	"\nvariant = production\nstage = bootloader\nkey-source = caam-tk\nlayout = 1\nfuses = f\n"
	"disk-timeout = 1\nrng-timeout = 1\nreboot-delay = 1\nwatchdog = 1\nos-watchdog = 1\n"
	"minimum-version = 1\ncmdline-pass = a b\n";

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
	    !memchr(config.cmdline_pass, 0, sizeof(config.cmdline_pass)) ||
	    !memchr(config.cmdline_add, 0, sizeof(config.cmdline_add)) || !config.disk[0] ||
	    config.variant > VARIANT_DEVELOPMENT || config.stage > STAGE_UNLOCK ||
	    config.disk_timeout > 600 || config.layout > CONFIG_LAYOUT_EITHER)
		abort();
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
	free(whole);
	return 0;
}
