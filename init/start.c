// SPDX-License-Identifier: Apache-2.0
// The first stage: filesystems of the kernel, standard files, configuration, command line, watchdog.

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/mount.h>
#include <unistd.h>

#include "boot.h"
#include "error.h"
#include "system.h"
#include "watchdog.h"

#define BOOTARGS "/proc/device-tree/chosen/bootargs"

static const struct kernel_mount {
	const char *type, *target;
	unsigned long flags;
	const char *options;
} kernel_mounts[] = {
	{ "devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC, NULL },
	{ "proc", "/proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL },
	{ "sysfs", "/sys", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL },
	{ "securityfs", "/sys/kernel/security", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL },
	// Goes along to the OS when init is its PID 1: as systemd would mount it.
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755" },
};

static int mount_kernel_filesystems(struct boot *b)
{
	for (size_t i = 0; i < sizeof(kernel_mounts) / sizeof(kernel_mounts[0]); i++) {
		const struct kernel_mount *m = &kernel_mounts[i];
		int error = mount_at(m->type, m->target, m->type, m->flags, m->options);

		if (error)
			return boot_fail(b, BB_SYSTEM, m->target, -error);
	}
	return 0;
}

// Nothing reads or writes by accident: input, output and error are /dev/null.
static void silence_standard_files(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
}

static int read_config(struct boot *b)
{
	uint8_t data[CONFIG_SIZE_MAX];
	unsigned int line = 0;
	int size = read_file(AT_FDCWD, CONFIG_PATH, data, sizeof(data));
	char where[32];
	struct text text = TEXT_IN(where);

	if (size < 0)
		return boot_fail(b, BB_CONFIG_MISSING, CONFIG_PATH, -size);
	if (!config_parse(data, (size_t)size, &b->config, &line))
		return 0;
	text_add(&text, "line ");
	text_add_number(&text, line);
	return boot_fail(b, BB_CONFIG_BAD, where, 0);
}

// Started by U-Boot, not by one of us.
static bool is_first(const struct boot *b)
{
	return b->config.stage == STAGE_BOOTLOADER || b->config.stage == STAGE_FLASHER;
}

/*
 * The bootloader kernel's own command line is compiled in: what the first stage said stands only in
 * the device tree. The OS kernel was given its command line by the bootloader.
 */
static int read_words(struct boot *b)
{
	const char *path = is_first(b) ? BOOTARGS : "/proc/cmdline";
	int size = read_file(AT_FDCWD, path, b->words, sizeof(b->words) - 1);

	if (size == -ENOENT)
		size = 0;
	if (size < 0)
		return boot_fail(b, BB_CMDLINE_BAD, path, -size);
	b->words[size] = '\0';
	return 0;
}

// The stage is fixed in the signed configuration; a first stage that means another one is wrong.
static int check_stage(struct boot *b)
{
	if (cmdline_has(b->words, "flasher") != boot_installs(b))
		return boot_fail(b, BB_STAGE_MISMATCH, "flasher", 0);
	if (!is_first(b) && cmdline_has(b->words, "balena_stage2"))
		return boot_fail(b, BB_STAGE_MISMATCH, "balena_stage2", 0);
	return 0;
}

// From here on a boot that hangs is ended by the watchdog; each stage that completes feeds it.
static void start_watchdog(struct boot *b)
{
	int seconds = (int)b->config.watchdog;

	if (!seconds || !is_first(b))
		return;
	b->watchdog = open(WATCHDOG_DEVICE, O_WRONLY | O_CLOEXEC);
	if (b->watchdog < 0 || device_control(b->watchdog, WDIOC_SETTIMEOUT, &seconds))
		boot_warn(b, "watchdog cannot be set: ", WATCHDOG_DEVICE);
}

int start_stage(struct boot *b)
{
	int error = 0;

	if (getpid() == 1) {
		error = mount_kernel_filesystems(b);
		silence_standard_files();
	}
	if (!error)
		error = read_config(b);
	if (error)
		return error;
	start_watchdog(b);
	b->report.stage = config_stage_name(b->config.stage);
	b->report.variant = b->config.variant == VARIANT_PRODUCTION ? "production" : "development";
	if ((b->config.stage == STAGE_UNLOCK) != (getpid() != 1))
		return boot_fail(b, BB_STAGE_MISMATCH, b->report.stage, 0);
	error = read_words(b);
	return error ? error : check_stage(b);
}
