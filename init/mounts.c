// SPDX-License-Identifier: Apache-2.0
// Opens volumes through dm-crypt and mounts them; see mounts.h.

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "mapping.h"
#include "mounts.h"
#include "system.h"
#include "volume-key.h"

#define FAT_OPTIONS "iocharset=iso8859-1,errors=remount-ro"

// A damaged filesystem is one candidate's fault, even if its superblock asks for a panic.
#define EXT4_OPTIONS "errors=remount-ro"

void volume_device(const struct boot *b, enum volume volume, char ret[static VOLUME_DEVICE_MAX])
{
	bool mapped = b->closed && volume != VOLUME_IMX;
	struct text text = text_in(ret, VOLUME_DEVICE_MAX);

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
	char node[VOLUME_DEVICE_MAX];
	int error;

	if (b->boot_dir >= 0)
		return 0;
	if (!name[0])
		return boot_fail(b, BB_BOOT_MOUNT, volume_name(boot_volume(b)), ENODEV);
	volume_device(b, boot_volume(b), node);
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

int read_boot_file(void *b, const char *name, uint8_t *data, size_t size)
{
	return read_file(((const struct boot *)b)->boot_dir, name, data, size);
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

// A wrong key, a plain volume and a foreign one all look alike: no filesystem of this label is
// there.
int open_volume(struct boot *b, enum volume volume)
{
	const char *label = b->volumes.at[volume].label;
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;
	char node[VOLUME_DEVICE_MAX];
	int error = b->closed ? mapping_open(b->layout, volume, b->volumes.at[volume].node, label) : 0;
	cleanup_fd int fd = -1;

	if (error)
		return boot_fail(b, BB_VOLUME_OPEN, label, -error);
	b->mapped[volume] = b->closed;
	volume_device(b, volume, node);
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
	char node[VOLUME_DEVICE_MAX];
	int error;

	volume_device(b, volume, node);
	error = mount_at(node, target, "ext4", flags, flags & MS_NOEXEC ? EXT4_OPTIONS : NULL);
	return error ? boot_fail(b, BB_VOLUME_MOUNT, b->volumes.at[volume].label, -error) : 0;
}

int close_volume(struct boot *b, enum volume volume)
{
	int error = 0;

	if (b->mapped[volume])
		error = mapping_close(b->volumes.at[volume].label);
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

int drop_keys(struct boot *b)
{
	int error = 0;

	for (unsigned int k = 0; k < LAYOUT_KEYS_MAX; k++) {
		int dropped = b->key[k] ? volume_key_drop(b->key[k], b->keyring) : 0;

		error = error ? error : dropped;
		b->key[k] = 0;
	}
	return error;
}

/*
 * The keys first: the kernel clears what one holds a moment after it is dropped
 * (security/keys/gc.c), and has done so by the time the mappings, which have their own copy, are
 * closed.
 */
int put_away(struct boot *b)
{
	int error = drop_keys(b);

	close_candidate(b);
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		int open = close_volume(b, v);

		error = error ? error : open;
	}
	unmount_boot_volume(b);
	sync();
	return error;
}
