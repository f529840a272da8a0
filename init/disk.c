// SPDX-License-Identifier: Apache-2.0
// The disk stage: the configured disk, with exactly the partitions of a device in this state.

#include "boot.h"
#include "disk.h"
#include "error.h"
#include "system.h"

int disk_stage(struct boot *b)
{
	struct report_fault *fault = &b->report.fault;
	cleanup_fd int uevents = disk_open_uevents();
	int error;

	if (uevents < 0)
		return boot_fail(b, BB_SYSTEM, "uevents", -uevents);
	error = disk_wait(uevents, b->config.disk, b->config.disk_timeout, b->report.disk,
		sizeof(b->report.disk), fault);
	return error ? error :
		disk_wait_volumes(uevents, b->report.disk, b->closed, &b->volumes, fault);
}
