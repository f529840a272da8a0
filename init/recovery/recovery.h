/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The recovery shell, which only the development variant has: it is linked around the functions of
 * /init that hooks.c names, and nothing of it is in production's.
 */
#ifndef BB_RECOVERY_H
#define BB_RECOVERY_H

#include "boot.h"

/* What the shell's own root holds comes from here: bin/ and etc/ of the development initramfs. */
#define RECOVERY_TOOLS "/recovery"
/* Where that root is put together, before it becomes the shell's "/". */
#define RECOVERY_ROOM "/recovery-root"
/* The shell restarts the device when nobody types for so long, in seconds. */
#define RECOVERY_TIMEOUT 600
#define RECOVERY_BANNER_SIZE 4096

/* How one of the shell's volumes was found. */
struct recovery_volume {
	bool tried;
	struct report_fault fault; /* why it is not open */
	bool mounted;              /* read-only, at /mnt/<name> */
};

struct recovery {
	const char *asked;         /* what asked for it, in words; NULL: the boot was given up */
	struct report_fault fault; /* then: why */
	unsigned int timeout;      /* seconds */
	struct recovery_volume volume[VOLUME_COUNT];
};

/* How the shell ended. */
enum recovery_end { RECOVERY_RESTART, RECOVERY_BOOT_A, RECOVERY_BOOT_B };

/*
 * What asked for the shell at the start: the word `recovery`, or a key within a second. NULL when
 * nothing did. `recovery=SECONDS` changes the time-out.
 */
const char *recovery_asked(struct boot *b, unsigned int *ret_timeout);

/*
 * Why there may be no shell; NULL when there may. An open device's is free. A closed one's needs
 * every check of the enforcement stage, the key, the disk's own boot volume, and `developmentMode`
 * in its config.json: the volume stays open and the keys loaded then. The volume is closed otherwise.
 */
const char *recovery_refusal(struct boot *b);

/* What config.json says: NULL for developmentMode true, otherwise why not. */
const char *recovery_read_config(struct boot *b);

/* Opens the volumes, as far as it goes. */
void recovery_open_volumes(struct boot *b, struct recovery *r);

/* The key service's device node: taken away, and made again. */
void recovery_hide_key_service(void);
void recovery_show_key_service(void);

/* Runs the shell until it ends, or nobody has typed for too long; none of its processes is left. */
enum recovery_end recovery_run_shell(struct boot *b, struct recovery *r);

/*
 * In the shell's process: gives it a root and a mount namespace of its own, with the tools, the
 * kernel's filesystems and the open volumes. Returns 0 or a negative errno.
 */
int recovery_enter_room(struct boot *b, struct recovery *r);

/*
 * In the shell's process, for it and all its children: no right and no system call by which a key,
 * PID 1 or a device node of the key service could be reached. Returns 0 or a negative errno.
 */
int recovery_drop_capabilities(void);
int recovery_filter_calls(bool closed);

/* What the shell says first. */
void recovery_banner(const struct boot *b, const struct recovery *r,
	char ret[static RECOVERY_BANNER_SIZE]);

#endif
