// SPDX-License-Identifier: Apache-2.0
/*
 * The volume keys, from NXP's tagged keys: each blob on balena-imx is turned into a black key by
 * /dev/caam-keygen, and that becomes a logon key which dm-crypt hands to the tk(cbc(aes)) cipher.
 */

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <string.h>
#include <sys/ioctl.h>

#include "blob.h"
#include "boot.h"
#include "error.h"
#include "mounts.h"
#include "system.h"

#define KEYGEN "/dev/caam-keygen"

/* NXP's include/uapi/linux/caam_keygen.h. Lengths in bytes, pointers as numbers. */
struct caam_keygen_cmd {
	uint8_t key_enc_len, key_mode_len;
	uint16_t key_value_len;
	uint32_t black_key_len;
	uint64_t key_enc, key_mode, key_value, black_key;
	uint32_t blob_len;
	uint64_t blob;
};
_Static_assert(sizeof(struct caam_keygen_cmd) == 56, "the kernel's layout");
#define CAAM_KEYGEN_IOCTL_IMPORT _IOWR('K', 1, struct caam_keygen_cmd)

static int import_blob(struct boot *b, const uint8_t *blob, unsigned int key_size,
	uint8_t ret_key[static BLOB_KEY_MAX])
{
	struct caam_keygen_cmd command = {
		.black_key_len = BLOB_KEY_MAX,
		.black_key = (uintptr_t)ret_key,
		.blob_len = (uint32_t)blob_file_size(key_size),
		.blob = (uintptr_t)blob,
	};
	cleanup_fd int fd = open(KEYGEN, O_RDWR | O_CLOEXEC);
	int error;

	if (fd < 0)
		return boot_fail(b, BB_KEY_DEVICE, KEYGEN, errno);
	error = device_control(fd, CAAM_KEYGEN_IOCTL_IMPORT, &command);
	if (error)
		return boot_fail(b, BB_KEY_REFUSED, KEYGEN, -error);
	if (command.black_key_len != key_size)
		return boot_fail(b, BB_KEY_REFUSED, "length of the black key", 0);
	return 0;
}

/*
 * The bootloader's keys live in its own process keyring, which dm-crypt searches in the caller's
 * context. In the OS they stay in root's user keyring: balena's expander loads tables later.
 */
static int add_volume_key(struct boot *b, unsigned int k, const uint8_t *key)
{
	key_serial_t keyring = b->config.stage == STAGE_BOOTLOADER ?
		KEY_SPEC_PROCESS_KEYRING : KEY_SPEC_USER_KEYRING;
	key_serial_t serial = add_key("logon", b->layout->key[k].description, key,
		b->layout->key[k].size, keyring);

	if (serial < 0)
		return boot_fail(b, BB_SYSTEM, "keyring", errno);
	b->key[k] = serial;
	return 0;
}

static int find_blobs(struct boot *b, struct layout_blobs *ret)
{
	cleanup_dir DIR *dir = opendir(MOUNT_IMX);
	const struct dirent *entry;
	int end;

	if (!dir)
		return boot_fail(b, BB_BLOB_MISSING, MOUNT_IMX, errno);
	while ((entry = next_entry(dir, &end))) {
		int error = layout_add_blob(ret, entry->d_name);

		if (error)
			return boot_fail(b, error, entry->d_name, 0);
	}
	return end ? boot_fail(b, BB_BLOB_MISSING, MOUNT_IMX, -end) : 0;
}

static int fail_blobs(struct boot *b, int error, const struct layout_blobs *blobs)
{
	char sizes[32];
	struct text text = TEXT_IN(sizes);

	text_add(&text, "balena_*.enc:");
	for (unsigned int size = 0; size <= BLOB_KEY_MAX; size++) {
		if (!blobs->of_size[size])
			continue;
		text_add_char(&text, ' ');
		text_add_number(&text, size);
	}
	return boot_fail(b, error, blobs->count ? sizes : "balena_*.enc", 0);
}

static int find_layout(struct boot *b)
{
	struct layout_blobs blobs = { 0 };
	int error = find_blobs(b, &blobs);

	if (error)
		return error;
	error = layout_choose(&blobs, b->config.layout, &b->layout);
	b->report.layout = b->layout ? b->layout->number : 0;
	return error ? fail_blobs(b, error, &blobs) : 0;
}

// The file is read into a buffer of the largest size there is: what is longer is refused unread.
static int read_blob(struct boot *b, unsigned int key_size, uint8_t blob[static BLOB_FILE_MAX])
{
	char name[32];
	struct text text = TEXT_IN(name);
	int size, error;

	text_add(&text, "balena_");
	text_add_number(&text, key_size);
	text_add(&text, ".enc");
	size = read_file(b->boot_dir, name, blob, BLOB_FILE_MAX);
	if (size < 0)
		return boot_fail(b, size == -EFBIG ? BB_BLOB_LENGTH : BB_BLOB_MISSING, name, -size);
	error = blob_check(blob, (size_t)size, key_size);
	return error ? boot_fail(b, error, name, 0) : 0;
}

static int load_key(struct boot *b, unsigned int k)
{
	uint8_t blob[BLOB_FILE_MAX], key[BLOB_KEY_MAX] = { 0 };
	unsigned int size = b->layout->key[k].size;
	int error = read_blob(b, size, blob);

	if (!error)
		error = import_blob(b, blob, size, key);
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
	int error = find_layout(b);

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
