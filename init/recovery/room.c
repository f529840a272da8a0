// SPDX-License-Identifier: Apache-2.0
/*
 * The shell's own root, a tmpfs in a mount namespace of its own. PID 1 starts /init again from its
 * root and reads the configuration there, so that nothing of it may be within the shell's reach:
 * what is mounted, removed or put into its place.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "mounts.h"
#include "recovery.h"
#include "system.h"

#define PATH_SIZE 320

static const struct room_mount {
	const char *type, *target;
	unsigned long flags;
} room_mounts[] = {
	{ "devtmpfs", RECOVERY_ROOM "/dev", MS_NOSUID | MS_NOEXEC },
	{ "proc", RECOVERY_ROOM "/proc", MS_NOSUID | MS_NOEXEC | MS_NODEV },
	{ "sysfs", RECOVERY_ROOM "/sys", MS_NOSUID | MS_NOEXEC | MS_NODEV },
	{ "securityfs", RECOVERY_ROOM "/sys/kernel/security", MS_NOSUID | MS_NOEXEC | MS_NODEV },
};

static const char *const directories[] = {
	RECOVERY_ROOM "/bin", RECOVERY_ROOM "/etc", RECOVERY_ROOM "/mnt", RECOVERY_ROOM "/tmp",
};

static void path_in(char path[static PATH_SIZE], const char *directory, const char *name)
{
	struct text text = text_in(path, PATH_SIZE);

	text_add(&text, directory);
	text_add_char(&text, '/');
	text_add(&text, name);
}

static int copy_file(const char *from, const char *to)
{
	cleanup_fd int source = open(from, O_RDONLY | O_CLOEXEC);
	cleanup_fd int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	ssize_t n;

	if (source < 0 || target < 0)
		return -errno;
	do {
		n = sendfile(target, source, NULL, 1 << 20);
	} while (n > 0);
	return n < 0 ? -errno : 0;
}

static int copy_files(const char *from, const char *to)
{
	cleanup_dir DIR *dir = opendir(from);
	const struct dirent *entry;
	int error = 0, end = 0;

	if (!dir)
		return -errno;
	while (!error && (entry = next_entry(dir, &end))) {
		char source[PATH_SIZE], target[PATH_SIZE];

		if (entry->d_name[0] == '.')
			continue;
		path_in(source, from, entry->d_name);
		path_in(target, to, entry->d_name);
		error = copy_file(source, target);
	}
	return error ? error : end;
}

static int furnish(void)
{
	int error = mount_at("tmpfs", RECOVERY_ROOM, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");

	for (size_t i = 0; !error && i < sizeof(directories) / sizeof(directories[0]); i++) {
		if (mkdir(directories[i], 0755))
			error = -errno;
	}
	for (size_t i = 0; !error && i < sizeof(room_mounts) / sizeof(room_mounts[0]); i++) {
		const struct room_mount *m = &room_mounts[i];

		error = mount_at(m->type, m->target, m->type, m->flags, NULL);
	}
	if (!error)
		error = copy_file(CONFIG_PATH, RECOVERY_ROOM CONFIG_PATH);
	if (!error)
		error = copy_files(RECOVERY_TOOLS "/bin", RECOVERY_ROOM "/bin");
	return error ? error : copy_files(RECOVERY_TOOLS "/etc", RECOVERY_ROOM "/etc");
}

// What a boot mounts, as it mounts it. State and data stay unmounted, for fsck.
static void mount_volumes(struct boot *b, struct recovery *r)
{
	static const enum volume mounted[] = { VOLUME_BOOT, VOLUME_ROOT_A, VOLUME_ROOT_B };
	enum volume fat = b->closed ? VOLUME_IMX : VOLUME_BOOT;
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(mounted) / sizeof(mounted[0]); i++) {
		enum volume v = mounted[i];

		if (!r->volume[v].tried || r->volume[v].fault.error)
			continue;
		path_in(path, RECOVERY_ROOM "/mnt", volume_name(v));
		r->volume[v].mounted = !mount_volume(b, v, path, MOUNT_READ);
		if (!r->volume[v].mounted)
			r->volume[v].fault = b->report.fault;
	}
	path_in(path, RECOVERY_ROOM "/mnt", volume_name(fat));
	r->volume[fat].tried = b->volumes.at[fat].node[0] != '\0';
	r->volume[fat].mounted = !mount_boot_volume(b) && !mkdir(path, 0755) &&
		!mount(MOUNT_IMX, path, NULL, MS_MOVE, NULL);
	if (!r->volume[fat].mounted)
		r->volume[fat].fault = b->report.fault;
}

int recovery_enter_room(struct boot *b, struct recovery *r)
{
	char banner[RECOVERY_BANNER_SIZE];
	int error;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	error = furnish();
	if (error)
		return error;
	mount_volumes(b, r);
	recovery_banner(b, r, banner);
	error = write_file(AT_FDCWD, RECOVERY_ROOM "/etc/banner", 0, banner, strlen(banner));
	if (error)
		return error;
	if (chdir(RECOVERY_ROOM) || mount(".", "/", NULL, MS_MOVE, NULL))
		return -errno;
	return chroot(".") || chdir("/") ? -errno : 0;
}
