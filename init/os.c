// SPDX-License-Identifier: Apache-2.0
// What only the OS's and the installer's first programs do: the report's place, and the change of the root.

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"
#include "error.h"
#include "mounts.h"
#include "system.h"

#define REPORT_FROM_BOOTLOADER "/balena-bootloader/report.json"
#define RUN_DIRECTORY "/run/balena-bootloader"
#define OS_INIT "/sbin/init"

static bool is_mount_point(const char *path)
{
	struct stat here, above;

	return !stat(path, &here) && !stat("/", &above) && here.st_dev != above.st_dev;
}

/*
 * The bootloader's report came as a file of the initramfs; it moves to /run, which goes along to
 * the OS. Where nobody has mounted /run yet it is mounted here, or the report would vanish below
 * it.
 */
int publish_stage(struct boot *b)
{
	char report[REPORT_SIZE];
	int size = read_file(AT_FDCWD, REPORT_FROM_BOOTLOADER, report, sizeof(report));
	int error = 0;

	if (size < 0) {
		boot_warn(b, "no report from the bootloader: ", REPORT_FROM_BOOTLOADER);
		return 0;
	}
	if (!is_mount_point("/run"))
		error = mount_at("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
	if (error)
		return boot_fail(b, BB_SYSTEM, "/run", -error);
	if (mkdir(RUN_DIRECTORY, 0755) && errno != EEXIST)
		return boot_fail(b, BB_SYSTEM, RUN_DIRECTORY, errno);
	error = write_file(AT_FDCWD, RUN_DIRECTORY "/report.json", 0, report, (size_t)size);
	return error ? boot_fail(b, BB_SYSTEM, RUN_DIRECTORY, -error) : 0;
}

// The root volume that root=UUID= names: one of this disk's two, and no other filesystem.
static int find_root(struct boot *b, enum volume *ret)
{
	char wanted[64];

	*ret = VOLUME_COUNT;
	if (cmdline_value(b->words, "root", wanted, sizeof(wanted)) || strncmp(wanted, "UUID=", 5))
		return boot_fail(b, BB_ROOT_MISSING, "root=UUID=", 0);
	for (enum volume v = VOLUME_ROOT_A; v <= VOLUME_ROOT_B; v++) {
		if (!b->uuid[v][0] || strcmp(b->uuid[v], wanted + 5))
			continue;
		if (*ret != VOLUME_COUNT)
			return boot_fail(b, BB_ROOT_MISSING, "two volumes of one UUID", 0);
		*ret = v;
	}
	return *ret == VOLUME_COUNT ? boot_fail(b, BB_ROOT_MISSING, wanted, 0) : 0;
}

// Looked for while the initramfs is still in place: a failure can be kept from here only.
static int find_os_init(struct boot *b)
{
	cleanup_fd int root = open(MOUNT_ROOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int init = open_beneath(root, OS_INIT);

	return init < 0 ? boot_fail(b, BB_OS_INIT, OS_INIT, -init) : 0;
}

// Leaves the initramfs for the root that is mounted, and becomes its first program.
static int switch_root(struct boot *b)
{
	static const char *const moved[] = { "/dev", "/proc", "/sys", "/run" };
	char *const arguments[] = { OS_INIT, NULL };
	char *const environment[] = { "HOME=/", "TERM=linux", NULL };
	int error = find_os_init(b), console;

	if (error)
		return error;
	for (size_t i = 0; i < sizeof(moved) / sizeof(moved[0]); i++) {
		char target[32];
		struct text text = TEXT_IN(target);

		text_add(&text, MOUNT_ROOT);
		text_add(&text, moved[i]);
		if (mount(moved[i], target, NULL, MS_MOVE, NULL))
			return boot_fail(b, BB_OS_INIT, target, errno);
	}
	if (chdir(MOUNT_ROOT) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		return boot_fail(b, BB_OS_INIT, MOUNT_ROOT, errno);
	console = open("/dev/console", O_RDWR | O_NOCTTY);
	for (int fd = 0; console >= 0 && fd <= 2; fd++)
		dup2(console, fd);
	if (console > 2)
		close(console);
	execve(arguments[0], arguments, environment);
	return boot_fail(b, BB_OS_INIT, arguments[0], errno);
}

// Read-only: remounting it is the OS's business.
int switch_root_stage(struct boot *b)
{
	enum volume volume;
	int error = find_root(b, &volume);

	if (!error)
		error = mount_volume(b, volume, MOUNT_ROOT, MS_RDONLY);
	return error ? error : switch_root(b);
}

/*
 * Names it to whoever has called: looked up by its UUID, it may be found on another disk. An open
 * device's caller takes what it likes.
 */
int name_root_stage(struct boot *b)
{
	char line[VOLUME_DEVICE_MAX + 1];
	struct text text = TEXT_IN(line);
	enum volume volume;
	int error;

	if (!b->closed)
		return 0;
	error = find_root(b, &volume);
	if (error)
		return error;
	volume_device(b, volume, line);
	text.used = strlen(line);
	text_add_char(&text, '\n');
	return write(STDOUT_FILENO, line, text.used) == (ssize_t)text.used ? 0 :
		boot_fail(b, BB_SYSTEM, "standard output", errno);
}

int switch_installer_stage(struct boot *b)
{
	return switch_root(b);
}
