// SPDX-License-Identifier: Apache-2.0
// Reads the signed configuration; see config.h.

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "config.h"
#include "digests.h"
#include "error.h"
#include "settings.h"

static const char *const variants[] = { "production", "development", NULL };
static const char *const stages[] = { "bootloader", "os", "unlock", "flasher", "installer", NULL };
static const char *const key_sources[] = { "caam-tk", "caam-trusted", "caam-pk", NULL };
static const char *const layouts[] = { "1", "2", "either", NULL };

static const struct setting keys[] = {
	{ "variant", offsetof(struct config, variant), .choices = variants },
	{ "stage", offsetof(struct config, stage), .choices = stages },
	{ "device-type", offsetof(struct config, device_type), .size = CONFIG_WORD_MAX, .is_word = true },
	{ "key-source", offsetof(struct config, key_source), .choices = key_sources },
	{ "layout", offsetof(struct config, layout), .choices = layouts },
	{ "disk", offsetof(struct config, disk), .size = CONFIG_WORD_MAX, .is_word = true },
	{ "fuses", offsetof(struct config, fuses), .size = CONFIG_WORD_MAX, .is_word = true },
	{ "installer-medium", offsetof(struct config, installer_medium), .size = CONFIG_TEXT_MAX },
	{ "disk-timeout", offsetof(struct config, disk_timeout), .max = 600 },
	{ "rng-timeout", offsetof(struct config, rng_timeout), .max = 600 },
	{ "reboot-delay", offsetof(struct config, reboot_delay), .max = 600 },
	{ "watchdog", offsetof(struct config, watchdog), .max = 600 },
	{ "os-watchdog", offsetof(struct config, os_watchdog), .max = 600 },
	{ "minimum-version", offsetof(struct config, minimum_version), .max = UINT32_MAX },
	{ "revoked-kernels", offsetof(struct config, revoked_kernels),
		.size = sizeof(((struct config *)NULL)->revoked_kernels) },
	{ "minimum-installer", offsetof(struct config, minimum_installer), .max = UINT32_MAX },
	{ "cmdline-pass", offsetof(struct config, cmdline_pass), .size = CONFIG_TEXT_MAX },
	{ "cmdline-add", offsetof(struct config, cmdline_add), .size = CONFIG_TEXT_MAX },
};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

const char *config_stage_name(enum config_stage stage)
{
	return stages[stage];
}

int config_key_source(const char *name)
{
	for (int i = 0; key_sources[i]; i++) {
		if (!strcmp(key_sources[i], name))
			return i;
	}
	return -EINVAL;
}

/*
 * The watchdog leaves room for all waits of a boot that is given up: the one that was in vain, the
 * one for the disk to keep the report on, and the delay.
 */
static bool waits_end_before_watchdog(const struct config *config)
{
	uint32_t longest = config->disk_timeout > config->rng_timeout ?
		config->disk_timeout : config->rng_timeout;

	return !config->watchdog ||
		config->watchdog >= longest + config->disk_timeout + config->reboot_delay;
}

// Who authenticates a medium has to know where one may be.
static bool medium_is_named(const struct config *config)
{
	bool installs = config->stage == STAGE_FLASHER || config->stage == STAGE_INSTALLER;

	return !installs || config->installer_medium[0];
}

int config_parse(const uint8_t *data, size_t size, struct config *ret, unsigned int *ret_line)
{
	struct config config = { 0 };

	if (settings_parse(data, size, keys, KEYS, &config, ret_line) ||
		!waits_end_before_watchdog(&config) || !medium_is_named(&config) ||
		!digests_good(config.revoked_kernels))
		return BB_CONFIG_BAD;
	*ret = config;
	return 0;
}
