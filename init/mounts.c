// SPDX-License-Identifier: Apache-2.0
// Opens volumes through dm-crypt and mounts them; see mounts.h.

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <libcryptsetup.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "mounts.h"
#include "system.h"
#include "uevent.h"

#define FAT_OPTIONS "iocharset=iso8859-1,errors=remount-ro"

// A damaged filesystem is one candidate's fault, even if its superblock asks for a panic.
#define EXT4_OPTIONS "errors=remount-ro"

#define NODE_MAX 64

// The device node that holds a volume's filesystem once the volume is open.
static void volume_node(const struct boot *b, enum volume volume, char ret[static NODE_MAX])
{
	bool mapped = b->closed && volume != VOLUME_IMX;
	struct text text = text_in(ret, NODE_MAX);

	text_add(&text, mapped ? "/dev/mapper/" : "/dev/");
	text_add(&text, mapped ? b->volumes.at[volume].label : b->volumes.at[volume].node);
}

static enum volume boot_volume(const struct boot *b)
{
	return b->closed ? VOLUME_IMX : VOLUME_BOOT;
}

int mount_boot_volume(struct boot *b)
{
	const char *name = b->volumes.at[boot_volume(b)].node;
	char node[NODE_MAX];
	int error;

	if (b->boot_dir >= 0)
		return 0;
	if (!name[0])
		return boot_fail(b, BB_BOOT_MOUNT, volume_name(boot_volume(b)), ENODEV);
	volume_node(b, boot_volume(b), node);
	error = mount_at(node, MOUNT_IMX, "vfat", MOUNT_READ, FAT_OPTIONS);
	if (error)
		return boot_fail(b, BB_BOOT_MOUNT, name, -error);
	b->boot_dir = open(MOUNT_IMX, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return b->boot_dir < 0 ? boot_fail(b, BB_BOOT_MOUNT, name, errno) : 0;
}

void unmount_boot_volume(struct boot *b)
{
	close_fd(&b->boot_dir);
	b->boot_dir = -1;
	b->boot_writable = false;
	unmount(MOUNT_IMX);
}

int remount_boot_volume(struct boot *b, bool writable)
{
	unsigned long flags = MS_REMOUNT | MOUNT_READ;

	if (b->boot_dir < 0)
		return -ENODEV;
	if (b->boot_writable == writable)
		return 0;
	if (writable)
		flags &= ~(unsigned long)MS_RDONLY;
	if (mount(NULL, MOUNT_IMX, NULL, flags, FAT_OPTIONS))
		return -errno;
	b->boot_writable = writable;
	return 0;
}

// What the library says has no place to go: its results say enough, and the kernel logs its
// reasons.
static void ignore_log(int level, const char *message, void *context)
{
	(void)level;
	(void)message;
	(void)context;
}

// Where on its disk a partition begins, in units of 512 bytes.
static int partition_start(const char *node, uint64_t *ret)
{
	char path[NODE_MAX];
	struct text text = TEXT_IN(path);
	uint8_t number[32];
	int size;

	text_add(&text, "/sys/class/block/");
	text_add(&text, node);
	text_add(&text, "/start");
	size = read_file(AT_FDCWD, path, number, sizeof(number));
	return size < 0 ? size : uevent_number(number, (size_t)size, ret);
}

/*
 * The table is 0 <sectors> crypt capi:tk(cbc(aes))-<iv> :<key size>:logon:<description> <IV offset>
 * <device> 0. The library takes the key's name and length only; dm-crypt finds the key itself.
 */
static int map_volume(struct boot *b, enum volume volume)
{
	const struct layout *layout = b->layout;
	unsigned int k = layout_key_of(layout, volume);
	struct crypt_params_plain plain = { .sector_size = 512 };
	struct crypt_keyslot_context *key = NULL;
	struct crypt_device *cd = NULL;
	char device[NODE_MAX], key_name[NODE_MAX];
	struct text text = TEXT_IN(device), key_text = TEXT_IN(key_name);
	int error = 0;

	text_add(&text, "/dev/");
	text_add(&text, b->volumes.at[volume].node);
	text_add(&key_text, "%logon:");
	text_add(&key_text, layout->key[k].description);
	if (layout->iv_of_disk)
		error = partition_start(b->volumes.at[volume].node, &plain.skip);
	if (error)
		return error;
	crypt_set_log_callback(NULL, ignore_log, NULL);
	error = crypt_init(&cd, device);
	if (!error)
		error = crypt_format(cd, CRYPT_PLAIN, "capi:tk(cbc(aes))", layout->iv, NULL, NULL,
			layout->key[k].size, &plain);
	if (!error)
		error = crypt_keyslot_context_init_by_vk_in_keyring(cd, key_name, &key);
	if (!error)
		error = crypt_activate_by_keyslot_context(cd, b->volumes.at[volume].label,
			CRYPT_ANY_SLOT, key, CRYPT_ANY_SLOT, NULL, CRYPT_ACTIVATE_KEYRING_KEY);
	crypt_keyslot_context_free(key);
	crypt_free(cd);
	if (error < 0)
		return error;
	b->mapped[volume] = true;
	return 0;
}

// A wrong key, a plain volume and a foreign one all look alike: no filesystem of this label is
// there.
int open_volume(struct boot *b, enum volume volume)
{
	const char *label = b->volumes.at[volume].label;
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;
	char node[NODE_MAX];
	int error = b->closed ? map_volume(b, volume) : 0;
	cleanup_fd int fd = -1;

	if (error)
		return boot_fail(b, BB_VOLUME_OPEN, label, -error);
	volume_node(b, volume, node);
	fd = open(node, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return boot_fail(b, BB_VOLUME_OPEN, label, errno);
	if (pread(fd, data, sizeof(data), 0) != (ssize_t)sizeof(data))
		return boot_fail(b, BB_VOLUME_FOREIGN, label, EIO);
	if (superblock_parse(data, sizeof(data), &superblock) || strcmp(superblock.label, label))
		return boot_fail(b, BB_VOLUME_FOREIGN, label, 0);
	text_copy(b->uuid[volume], superblock.uuid);
	return 0;
}

int mount_volume(struct boot *b, enum volume volume, const char *target, unsigned long flags)
{
	char node[NODE_MAX];
	int error;

	volume_node(b, volume, node);
	error = mount_at(node, target, "ext4", flags, flags & MS_NOEXEC ? EXT4_OPTIONS : NULL);
	return error ? boot_fail(b, BB_VOLUME_MOUNT, b->volumes.at[volume].label, -error) : 0;
}

int close_volume(struct boot *b, enum volume volume)
{
	int error = 0;

	if (b->mapped[volume])
		error = crypt_deactivate(NULL, b->volumes.at[volume].label);
	b->mapped[volume] = error != 0;
	return error;
}

void close_candidate(struct boot *b)
{
	close_fd(&b->kernel);
	b->kernel = -1;
	unmount(MOUNT_ROOT);
	unmount(MOUNT_DATA);
	for (enum volume v = VOLUME_ROOT_A; v <= VOLUME_DATA; v++)
		close_volume(b, v);
}

int put_away(struct boot *b)
{
	int error = 0;

	close_candidate(b);
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		int open = close_volume(b, v);

		error = error ? error : open;
	}
	for (unsigned int k = 0; k < LAYOUT_KEYS_MAX; k++) {
		if (b->key[k] && keyctl_revoke(b->key[k]))
			error = error ? error : -errno;
		b->key[k] = 0;
	}
	unmount_boot_volume(b);
	sync();
	return error;
}
