/* SPDX-License-Identifier: Apache-2.0 */
/* Where volumes are mounted in the initramfs, and how they get there. */
#ifndef BB_MOUNTS_H
#define BB_MOUNTS_H

#include <sys/mount.h>

#include "boot.h"

/* Names that nobody else has in an initramfs of their own, for unlock runs in one. */
#define MOUNT_IMX "/balena-imx"
#define MOUNT_ROOT "/balena-root"
#define MOUNT_DATA "/balena-data"

#define VOLUME_DEVICE_MAX 64

/* The device node that holds a volume's filesystem once the volume is open. */
void volume_device(const struct boot *b, enum volume volume, char ret[static VOLUME_DEVICE_MAX]);

/*
 * Mounts the unencrypted FAT volume read-only: balena-imx, or an open device's boot volume.
 * Returns 0 or BB_BOOT_MOUNT.
 */
int mount_boot_volume(struct boot *b);

/* Unmounts it, if it is mounted. */
void unmount_boot_volume(struct boot *b);

/* Makes the boot volume writable, or read-only again. Returns 0 or a negative errno. */
int remount_boot_volume(struct boot *b, bool writable);

/* A file of the mounted boot volume; read_file's result. For struct bootstate_io: b is a struct boot. */
int read_boot_file(void *b, const char *name, uint8_t *data, size_t size);

/* Nothing on a volume can be started, be a device, or change an identity. */
#define MOUNT_READ (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

/*
 * Opens a volume (a mapping of its label, on a closed device) and checks that the ext4 filesystem
 * in it has the same label; its UUID goes into b->uuid. Returns 0 or a named error.
 */
int open_volume(struct boot *b, enum volume volume);

/* Mounts an open volume. With MS_RDONLY its journal is still replayed when it has to be. */
int mount_volume(struct boot *b, enum volume volume, const char *target, unsigned long flags);

/* Closes a volume's mapping, if open_volume made one. Returns 0 or a negative errno. */
int close_volume(struct boot *b, enum volume volume);

/* Unmounts and closes what a candidate had opened. */
void close_candidate(struct boot *b);

/* Takes the volumes' keys out of use and out of their keyring. Returns 0 or a negative errno. */
int drop_keys(struct boot *b);

/*
 * Leaves nothing open: keys, volumes, mappings, and the boot volume. Returns 0, or the negative errno
 * of a mapping or key that stayed.
 */
int put_away(struct boot *b);

#endif
