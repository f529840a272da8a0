// SPDX-License-Identifier: Apache-2.0
// The key stage: the volumes' keys, each from its blob on balena-imx into a keyring.

#include <keyutils.h>

#include "boot.h"
#include "error.h"
#include "keyblob.h"
#include "mounts.h"
#include "volume-key.h"

/*
 * The bootloader's keys live in its own process keyring, which dm-crypt searches in the caller's
 * context. In the OS they stay in root's user keyring: balena's expander loads tables later.
 */
static int32_t keyring_of(const struct boot *b)
{
	return b->config.stage == STAGE_BOOTLOADER ? KEY_SPEC_PROCESS_KEYRING :
		KEY_SPEC_USER_KEYRING;
}

static int load_file(struct boot *b, unsigned int k, bool copy, struct report_fault *fault)
{
	uint8_t blob[BLOB_FILE_MAX];
	int error = keyblob_read(b->boot_dir, b->layout, k, copy, blob, fault);

	return error ? error : volume_key_load(b->layout, k, blob, b->keyring, &b->key[k], fault);
}

// The original, or its copy; when both are refused, what counts is what is wrong with the original.
static int load_key(struct boot *b, unsigned int k)
{
	int error = load_file(b, k, false, &b->report.fault);
	struct report_fault of_copy;
	char name[KEYBLOB_NAME_MAX];

	if (!error || load_file(b, k, true, &of_copy))
		return error;
	keyblob_name(b->layout->key[k].size, true, name);
	boot_warn(b, "key blob recovered from its copy: ", name);
	return 0;
}

/*
 * All keys of the layout, also the one of a volume that this stage may not open: so a bad blob is
 * found where its error can be kept, before the OS needs it.
 */
static int load_keys(struct boot *b)
{
	int error = keyblob_layout(b->boot_dir, b->config.key_source, b->config.layout, &b->layout,
		&b->report.fault);

	b->keyring = keyring_of(b);
	b->report.layout = b->layout ? b->layout->number : 0;
	for (unsigned int k = 0; !error && k < b->layout->keys; k++)
		error = load_key(b, k);
	return error;
}

/*
 * An open device has no keys; its boot volume is the one that is not encrypted. The OS mounts that
 * volume itself, and writable: the kernel refuses this while it is mounted read-only elsewhere.
 */
int key_stage(struct boot *b)
{
	int error = mount_boot_volume(b);

	if (!error && b->closed)
		error = load_keys(b);
	if (b->config.stage != STAGE_BOOTLOADER)
		unmount_boot_volume(b);
	return error;
}
