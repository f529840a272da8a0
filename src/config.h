/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signed configuration: "key = value" lines and '#' comments, every key exactly once. It is
 * covered by the signature of the kernel whose initramfs holds it; it is still read as if it were
 * not.
 */
#ifndef BB_CONFIG_H
#define BB_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define CONFIG_PATH "/etc/balena-bootloader.conf"
#define CONFIG_SIZE_MAX 4096
#define CONFIG_WORD_MAX 192
#define CONFIG_TEXT_MAX 512
#define CONFIG_REVOKED_MAX 16 /* digests of kernels */

enum config_variant { VARIANT_PRODUCTION, VARIANT_DEVELOPMENT };

/*
 * bootloader: kexec the OS. os: PID 1 of the OS's initramfs. unlock: a step of someone else's.
 * flasher: kexec the installer of a medium. installer: PID 1 of the installer's initramfs.
 */
enum config_stage { STAGE_BOOTLOADER, STAGE_OS, STAGE_UNLOCK, STAGE_FLASHER, STAGE_INSTALLER };

/* caam-tk: NXP's tagged keys. caam-trusted, caam-pk: mainline's trusted keys: see layout.h. */
enum config_key_source { KEY_SOURCE_CAAM_TK, KEY_SOURCE_CAAM_TRUSTED, KEY_SOURCE_CAAM_PK };

/* Which layouts of encrypted volumes are accepted: see layout.h. */
enum config_layout { CONFIG_LAYOUT_1, CONFIG_LAYOUT_2, CONFIG_LAYOUT_EITHER };

/* The name of a stage, as it stands in the configuration. */
const char *config_stage_name(enum config_stage stage);

/* The source of that name, an enum config_key_source, or -EINVAL. */
int config_key_source(const char *name);

struct config {
	uint32_t variant;    /* enum config_variant */
	uint32_t stage;      /* enum config_stage */
	char device_type[CONFIG_WORD_MAX]; /* balena's name for boards that are installed alike */
	uint32_t key_source; /* enum config_key_source */
	uint32_t layout;     /* enum config_layout */
	char disk[CONFIG_WORD_MAX];  /* the disk controller's path below /sys/devices */
	char fuses[CONFIG_WORD_MAX]; /* the nvmem device that holds the fuses */
	char installer_medium[CONFIG_TEXT_MAX]; /* controllers' paths that a medium may be on */
	uint32_t disk_timeout;       /* seconds */
	uint32_t rng_timeout;        /* seconds */
	uint32_t reboot_delay;       /* seconds from a boot given up to the reset */
	uint32_t watchdog;           /* seconds, enough for the waits above; 0: there is none */
	uint32_t os_watchdog;        /* seconds that the OS has to take the watchdog over; 0: it does not */
	uint32_t minimum_version;    /* lowest security version of a kernel that may start */
	char revoked_kernels[CONFIG_REVOKED_MAX * 65]; /* kernels that may not start: see digests.h */
	uint32_t minimum_installer;  /* lowest version of an installer that may start */
	char cmdline_pass[CONFIG_TEXT_MAX]; /* first-stage words that reach the OS: see cmdline_filter */
	char cmdline_add[CONFIG_TEXT_MAX];  /* words that the OS gets in any case */
};

/*
 * Returns 0 or BB_CONFIG_BAD; then *ret_line is the line at fault (0: a key is missing, the
 * watchdog is too short, nothing says where a medium may be, or a revoked kernel is no digest) and *ret is untouched.
 */
int config_parse(const uint8_t *data, size_t size, struct config *ret, unsigned int *ret_line);

#endif
