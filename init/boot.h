/* SPDX-License-Identifier: Apache-2.0 */
/* One boot: what the stages hand to each other. */
#ifndef BB_BOOT_H
#define BB_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "bootstate.h"
#include "cmdline.h"
#include "config.h"
#include "layout.h"
#include "report.h"
#include "superblock.h"
#include "volume.h"

struct boot {
	struct config config;
	char words[CMDLINE_SIZE + 1]; /* the first stage's command line: from outside, unchecked */
	bool closed;              /* volumes are encrypted; also when the fuses cannot be read */
	struct volume_set volumes;
	bool mapped[VOLUME_COUNT]; /* encrypted volumes that are open */
	int boot_dir;             /* balena-imx, or an open device's boot volume; -1: not mounted */
	bool boot_writable;       /* it is mounted so */
	const struct layout *layout; /* of the encrypted volumes; NULL: not known yet, or none */
	int32_t key[LAYOUT_KEYS_MAX]; /* serials of its keys; 0: none */
	int32_t keyring;          /* that they are in */
	struct bootstate state;
	struct slot_plan plan;
	unsigned int candidate;   /* index into the plan */
	char uuid[VOLUME_COUNT][37]; /* filesystems of the volumes that were opened */
	char medium[VOLUME_NODE_MAX]; /* partition with an installer's root; "" when none was found */
	bool medium_mapped;       /* it is open through dm-verity */
	int kernel;               /* sealed memfd with the Image; -1: none */
	int watchdog;             /* -1: none */
	struct report report;
};

/* A stage: 0, or the named error that ends it, recorded with boot_fail. */
typedef int boot_stage(struct boot *b);

boot_stage start_stage, enforcement_stage, device_stage, disk_stage, key_stage, slot_stage;
boot_stage volumes_stage, kernel_stage, load_stage, handover_stage;
boot_stage medium_stage, installer_stage, switch_installer_stage;
boot_stage all_volumes_stage, publish_stage, switch_root_stage, name_root_stage;

/* The candidate that is being tried. */
static inline const struct slot_candidate *boot_candidate(const struct boot *b)
{
	return &b->plan.candidate[b->candidate];
}

/* Whether this is the bootloader of an installer's medium, or its kernel's first program. */
static inline bool boot_installs(const struct boot *b)
{
	return b->config.stage == STAGE_FLASHER || b->config.stage == STAGE_INSTALLER;
}

/*
 * Records why the boot cannot go on: the object, and the errno (positive; 0: none). Returns error.
 */
int boot_fail(struct boot *b, int error, const char *object, int reason);

/* Adds a line to the report's warnings. */
void boot_warn(struct boot *b, const char *text, const char *object);

/* Says a line on the kernel's log, "init: " in front; development only. */
void boot_say(const struct boot *b, const char *text, const char *object);

#endif
