// SPDX-License-Identifier: Apache-2.0
// The last stage: leaves nothing behind, and starts the loaded kernel.

#include <errno.h>
#include <linux/reboot.h>
#include <sys/reboot.h>

#include "boot.h"
#include "error.h"
#include "installer.h"
#include "mounts.h"

/*
 * The watchdog is left running: the next kernel's first seconds are guarded too. The Image is left where it
 * is: to give its memory back page by page, to a kernel that ends here, is a third of this stage's work.
 */
int handover_stage(struct boot *b)
{
	int error, closed;

	b->kernel = -1;
	error = close_installer(b);
	closed = put_away(b);
	if (error || closed)
		return boot_fail(b, BB_HANDOVER, "volumes and key", error ? -error : -closed);
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return boot_fail(b, BB_HANDOVER, "reboot", errno);
}
