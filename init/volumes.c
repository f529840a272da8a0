// SPDX-License-Identifier: Apache-2.0
// The volumes that a candidate needs, and for the OS all of them.

#include "boot.h"
#include "mounts.h"

/*
 * The boot volume is opened for what it proves: that the key is this disk's. Then the candidate's
 * root, and data only when the kernel is to come from there.
 */
int volumes_stage(struct boot *b)
{
	const struct slot_candidate *candidate = boot_candidate(b);
	enum volume root = volume_root(candidate->slot);
	int error = 0;

	if (b->closed && !b->boot_volume_open)
		error = open_volume(b, VOLUME_BOOT);
	if (error)
		return error;
	b->boot_volume_open = b->closed;
	error = open_volume(b, root);
	if (!error)
		error = mount_volume(b, root, MOUNT_ROOT, MOUNT_READ);
	if (error || !candidate->abi[0])
		return error;
	error = open_volume(b, VOLUME_DATA);
	return error ? error : mount_volume(b, VOLUME_DATA, MOUNT_DATA, MOUNT_READ);
}

// All five, for the OS; an open device's boot volume is FAT. Their device nodes are there afterwards.
int all_volumes_stage(struct boot *b)
{
	for (enum volume v = b->closed ? VOLUME_BOOT : VOLUME_ROOT_A; v < VOLUME_COUNT; v++) {
		int error = open_volume(b, v);

		if (error)
			return error;
	}
	return 0;
}
