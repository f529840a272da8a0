// SPDX-License-Identifier: Apache-2.0
// The last stage: leaves nothing behind, and starts the loaded kernel.

#include <errno.h>
#include <keyutils.h>
#include <sys/reboot.h>
#include <linux/reboot.h>
#include <unistd.h>

#include "boot.h"
#include "error.h"
#include "mounts.h"
#include "system.h"

// Volumes, mappings and key, in this order: each holds the next one.
static void put_away(struct boot *b)
{
	close_candidate(b);
	if (b->boot_volume_open)
		close_volume(b, VOLUME_BOOT);
	if (b->key)
		keyctl_revoke(b->key);
	close_fd(&b->boot_dir);
	b->boot_dir = -1;
	unmount(MOUNT_IMX);
	sync();
}

// The watchdog is left running: the next kernel's first seconds are guarded too.
int handover_stage(struct boot *b)
{
	put_away(b);
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return boot_fail(b, BB_HANDOVER, "reboot", errno);
}
