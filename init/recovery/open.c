// SPDX-License-Identifier: Apache-2.0
// What is open while the shell runs: the volumes, and nothing that a key could be taken from.

#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "caam-keygen.h"
#include "mounts.h"
#include "recovery.h"

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
	if (stat(CAAM_KEYGEN_DEVICE, &key_service) || unlink(CAAM_KEYGEN_DEVICE))
		key_service.st_rdev = 0;
}

void recovery_show_key_service(void)
{
	if (!key_service.st_rdev)
		return;
	unlink(CAAM_KEYGEN_DEVICE);
	mknod(CAAM_KEYGEN_DEVICE, S_IFCHR | 0600, key_service.st_rdev);
}
