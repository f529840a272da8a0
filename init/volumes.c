// SPDX-License-Identifier: Apache-2.0
// The volumes that a candidate needs, and for the OS all of them.

#include "boot.h"
#include "error.h"
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

	if (b->closed && !b->mapped[VOLUME_BOOT])
		error = open_volume(b, VOLUME_BOOT);
	if (error) {
		close_volume(b, VOLUME_BOOT);
		return error;
	}
	error = open_volume(b, root);
	if (!error)
		error = mount_volume(b, root, MOUNT_ROOT, MOUNT_READ);
	if (error || !candidate->abi[0])
		return error;
	error = open_volume(b, VOLUME_DATA);
	return error ? error : mount_volume(b, VOLUME_DATA, MOUNT_DATA, MOUNT_READ);
}

/*
 * All five, for the OS; an open device's boot volume is FAT. Their device nodes are there
 * afterwards. A root volume that is damaged is left to the OS, which may be running from the other
 * one because of it: without its filesystem it has no UUID, and cannot be the root that is mounted.
 */
int all_volumes_stage(struct boot *b)
{
	for (enum volume v = b->closed ? VOLUME_BOOT : VOLUME_ROOT_A; v < VOLUME_COUNT; v++) {
		bool root = v == VOLUME_ROOT_A || v == VOLUME_ROOT_B;
		int error = open_volume(b, v);

		if (error == BB_VOLUME_FOREIGN && root)
			boot_warn(b, "root volume without its filesystem: ", b->volumes.at[v].label);
		else if (error)
			return error;
	}
	return 0;
}
