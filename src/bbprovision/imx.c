// SPDX-License-Identifier: Apache-2.0
// Mounts balena-imx; see imx.h.

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "block.h"
#include "error.h"
#include "imx.h"
#include "system.h"

#define MOUNT_POINT "/run/bbprovision"
#define FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)
// As /init mounts it.
#define OPTIONS "iocharset=iso8859-1,errors=remount-ro"

int imx_mount(struct provision *p, const struct device *d, bool writable, int *ret_directory)
{
	const char *node = d->volumes.at[VOLUME_IMX].node;
	char path[64];
	struct text text = TEXT_IN(path);
	int fd, error;

	umount2(MOUNT_POINT, UMOUNT_NOFOLLOW); // left by a run that was killed
	fd = block_open(node);
	if (fd < 0)
		return provision_refuse(p, PROVISION_DISK_BUSY, "%s: %s", node, strerror(-fd));
	close(fd);
	text_add(&text, "/dev/");
	text_add(&text, node);
	error = mount_at(path, MOUNT_POINT, "vfat", FLAGS | (writable ? 0 : MS_RDONLY), OPTIONS);
	if (error)
		return provision_refuse_error(p, BB_BOOT_MOUNT, "%s: %s", node, strerror(-error));
	*ret_directory = open(MOUNT_POINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*ret_directory >= 0)
		return STATUS_GOOD;
	provision_refuse_error(p, BB_BOOT_MOUNT, "%s: %s", node, strerror(errno));
	umount2(MOUNT_POINT, UMOUNT_NOFOLLOW);
	return STATUS_REFUSED;
}

int imx_unmount(struct provision *p, const struct device *d, int *directory)
{
	const char *node = d->volumes.at[VOLUME_IMX].node;
	cleanup_fd int fd = -1;
	int error = syncfs(*directory) ? -errno : 0;

	close_fd(directory);
	*directory = -1;
	if (umount2(MOUNT_POINT, UMOUNT_NOFOLLOW) && !error)
		error = -errno;
	if (error)
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", node, strerror(-error));
	fd = block_open(node);
	if (fd < 0)
		return provision_refuse(p, PROVISION_DISK_BUSY, "%s: %s", node, strerror(-fd));
	error = block_sync(fd);
	if (error)
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", node, strerror(-error));
	return STATUS_GOOD;
}
