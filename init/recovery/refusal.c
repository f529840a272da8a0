// SPDX-License-Identifier: Apache-2.0
// Whether there may be a shell; see recovery.h.

#include "boot.h"
#include "mounts.h"
#include "recovery.h"

/*
 * When the boot was given up, everything was put away: the disk is looked at and the key loaded
 * once more, by the stages themselves.
 */
static const char *open_boot_volume(struct boot *b)
{
	if (!b->report.enforced)
		return "not every check of the enforcement stage has passed";
	if (!b->report.disk[0])
		return "there is no disk";
	if (!b->key[0] && (disk_stage(b) || key_stage(b)))
		return "the key could not be loaded";
	if (!b->mapped[VOLUME_BOOT] && open_volume(b, VOLUME_BOOT))
		return "the boot volume could not be opened";
	return NULL;
}

const char *recovery_refusal(struct boot *b)
{
	const char *refusal;

	if (!b->report.device)
		device_stage(b);
	if (!b->closed)
		return NULL;
	refusal = open_boot_volume(b);
	if (!refusal)
		refusal = recovery_read_config(b);
	// The stage that the boot goes on with opens it itself, and judges it.
	if (refusal)
		close_volume(b, VOLUME_BOOT);
	return refusal;
}
