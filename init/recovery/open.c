// SPDX-License-Identifier: Apache-2.0
// What is open while the shell runs: the volumes, and nothing that a key could be taken from.

#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "mounts.h"
#include "recovery.h"
#include "system.h"

#define KEY_SERVICE "/dev/caam-keygen"

// As far as it goes: one that is damaged may be what the shell is for.
void recovery_open_volumes(struct boot *b, struct recovery *r)
{
	for (enum volume v = b->closed ? VOLUME_BOOT : VOLUME_ROOT_A; v < VOLUME_COUNT; v++) {
		if (!b->volumes.at[v].node[0])
			continue;
		r->volume[v].tried = true;
		b->report.fault = (struct report_fault){ 0 };
		if (!b->mapped[v] && open_volume(b, v))
			r->volume[v].fault = b->report.fault;
	}
}

// devtmpfs is one filesystem, however often it is mounted: what it lacks is missing everywhere.
static struct stat key_service;

void recovery_hide_key_service(void)
{
	if (stat(KEY_SERVICE, &key_service) || unlink(KEY_SERVICE))
		key_service.st_rdev = 0;
}

void recovery_show_key_service(void)
{
	if (!key_service.st_rdev)
		return;
	unlink(KEY_SERVICE);
	mknod(KEY_SERVICE, S_IFCHR | 0600, key_service.st_rdev);
}
