// SPDX-License-Identifier: Apache-2.0
/*
 * The volume keys, from NXP's tagged keys: each blob on balena-imx is turned into a black key by
 * /dev/caam-keygen, and that becomes a logon key which dm-crypt hands to the tk(cbc(aes)) cipher.
 */

#include <keyutils.h>
#include <string.h>

#include "boot.h"
#include "error.h"
#include "keyblob.h"
#include "mapping.h"
#include "mounts.h"

/*
 * The bootloader's keys live in its own process keyring, which dm-crypt searches in the caller's
 * context. In the OS they stay in root's user keyring: balena's expander loads tables later.
 */
static int add_volume_key(struct boot *b, unsigned int k, const uint8_t *key)
{
	int32_t keyring = b->config.stage == STAGE_BOOTLOADER ?
		KEY_SPEC_PROCESS_KEYRING : KEY_SPEC_USER_KEYRING;
	int error = mapping_add_key(b->layout, k, key, keyring, &b->key[k]);

	return error ? boot_fail(b, BB_SYSTEM, "keyring", -error) : 0;
}

// The original, or its copy; when both are refused, what counts is what is wrong with the original.
static int import_key(struct boot *b, unsigned int key_size, uint8_t key[static BLOB_KEY_MAX])
{
	int error = keyblob_import(b->boot_dir, key_size, false, key, &b->report.fault);
	struct report_fault of_copy;
	char name[KEYBLOB_NAME_MAX];

	if (!error || keyblob_import(b->boot_dir, key_size, true, key, &of_copy))
		return error;
	keyblob_name(key_size, true, name);
	boot_warn(b, "key blob recovered from its copy: ", name);
	return 0;
}

static int load_key(struct boot *b, unsigned int k)
{
	uint8_t key[BLOB_KEY_MAX] = { 0 };
	int error = import_key(b, b->layout->key[k].size, key);

	if (!error)
		error = add_volume_key(b, k, key);
	explicit_bzero(key, sizeof(key));
	return error;
}

/*
 * All keys of the layout, also the one of a volume that this stage may not open: so a bad blob is
 * found where its error can be kept, before the OS needs it.
 */
static int load_keys(struct boot *b)
{
	int error = keyblob_layout(b->boot_dir, b->config.layout, &b->layout, &b->report.fault);

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
