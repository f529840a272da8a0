// SPDX-License-Identifier: Apache-2.0
/*
 * The volume key, from NXP's tagged keys: the blob on balena-imx is turned into a black key by
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

static int import_blob(struct boot *b, const uint8_t *blob, size_t blob_size,
	uint8_t ret_key[static BLOB_KEY_MAX])
{
	struct caam_keygen_cmd command = {
		.black_key_len = BLOB_KEY_MAX,
		.black_key = (uintptr_t)ret_key,
		.blob_len = (uint32_t)blob_size,
		.blob = (uintptr_t)blob,
	};
	cleanup_fd int fd = open(KEYGEN, O_RDWR | O_CLOEXEC);
	int error;

	if (fd < 0)
		return boot_fail(b, BB_KEY_DEVICE, KEYGEN, errno);
	error = device_control(fd, CAAM_KEYGEN_IOCTL_IMPORT, &command);
	if (error)
		return boot_fail(b, BB_KEY_REFUSED, KEYGEN, -error);
	if (command.black_key_len != b->config.key_size)
		return boot_fail(b, BB_KEY_REFUSED, "length of the black key", 0);
	return 0;
}

/*
 * The bootloader's key lives in its own process keyring, which dm-crypt searches in the caller's
 * context. In the OS the key stays in root's user keyring: balena's expander loads tables later.
 */
static int add_volume_key(struct boot *b, const uint8_t *key)
{
	key_serial_t keyring = b->config.stage == STAGE_BOOTLOADER ?
		KEY_SPEC_PROCESS_KEYRING : KEY_SPEC_USER_KEYRING;

	b->key = add_key("logon", "logkey:", key, b->config.key_size, keyring);
	if (b->key < 0) {
		b->key = 0;
		return boot_fail(b, BB_SYSTEM, "keyring", errno);
	}
	return 0;
}

// The name of the only balena_*.enc on the volume. Two of them, or one of another size, are refused.
static int find_blob(struct boot *b, char ret[static 32])
{
	static const char prefix[] = "balena_", suffix[] = ".enc";
	cleanup_dir DIR *dir = opendir(MOUNT_IMX);
	const struct dirent *entry;
	unsigned int found = 0;
	int error;

	if (!dir)
		return boot_fail(b, BB_BLOB_MISSING, MOUNT_IMX, errno);
	while ((entry = next_entry(dir, &error))) {
		size_t length = strlen(entry->d_name);

		if (length < sizeof(prefix) + sizeof(suffix) - 2 ||
		    strncmp(entry->d_name, prefix, sizeof(prefix) - 1) ||
		    strcmp(entry->d_name + length - (sizeof(suffix) - 1), suffix))
			continue;
		found++;
		text_copy_to(ret, 32, entry->d_name);
	}
	if (error)
		return boot_fail(b, BB_BLOB_MISSING, MOUNT_IMX, -error);
	if (found != 1)
		return boot_fail(b, found ? BB_BLOB_TWICE : BB_BLOB_MISSING, "balena_*.enc", 0);
	if (blob_name_size(ret) != (int)b->config.key_size)
		return boot_fail(b, BB_BLOB_NAME, ret, 0);
	return 0;
}

// The file is read into a buffer of the largest size there is: what is longer is refused unread.
static int read_blob(struct boot *b, const char *name, uint8_t blob[static BLOB_FILE_MAX])
{
	int size = read_file(b->boot_dir, name, blob, BLOB_FILE_MAX);
	int error;

	if (size < 0)
		return boot_fail(b, size == -EFBIG ? BB_BLOB_LENGTH : BB_BLOB_MISSING, name, -size);
	error = blob_check(blob, (size_t)size, b->config.key_size);
	return error ? boot_fail(b, error, name, 0) : 0;
}

static int load_key(struct boot *b)
{
	uint8_t blob[BLOB_FILE_MAX], key[BLOB_KEY_MAX] = { 0 };
	char name[32];
	int error = find_blob(b, name);

	if (!error)
		error = read_blob(b, name, blob);
	if (!error)
		error = import_blob(b, blob, blob_file_size(b->config.key_size), key);
	if (!error)
		error = add_volume_key(b, key);
	explicit_bzero(key, sizeof(key));
	return error;
}

/*
 * An open device has no key; its boot volume is the one that is not encrypted. The OS mounts that
 * volume itself, and writable: the kernel refuses this while it is mounted read-only elsewhere.
 */
int key_stage(struct boot *b)
{
	int error = mount_boot_volume(b);

	if (!error && b->closed)
		error = load_key(b);
	if (b->config.stage != STAGE_BOOTLOADER)
		unmount_boot_volume(b);
	return error;
}
