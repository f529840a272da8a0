// SPDX-License-Identifier: Apache-2.0
/*
 * An /init without any defence: it hands every file on the first partition to the kernel and says
 * what the kernel makes of it. On a kernel without enforcement this shows that the attacks of
 * the tests are real; on the real kernel it shows what the kernel alone refuses.
 *     *.img  kexec_file_load        *.enc  CAAM_KEYGEN_IOCTL_IMPORT
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caam_keygen.h"

static const char *load(int fd)
{
	if (syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS))
		return strerror(errno);
	syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	return "accepted";
}

static const char *import(int fd)
{
	static uint8_t blob[4096], key[128];
	struct caam_keygen_cmd command = { .black_key_len = sizeof(key), .blob_len = 0 };
	ssize_t size = read(fd, blob, sizeof(blob));
	int keygen = open("/dev/caam-keygen", O_RDWR);
	const char *result = "accepted";

	command.black_key = (uintptr_t)key;
	command.blob = (uintptr_t)blob;
	command.blob_len = (uint32_t)size;
	if (size < 0 || ioctl(keygen, (int)CAAM_KEYGEN_IOCTL_IMPORT, &command))
		result = strerror(errno);
	close(keygen);
	return result;
}

static void try_file(const char *name)
{
	const char *suffix = strrchr(name, '.');
	int fd = open(name, O_RDONLY);

	if (fd >= 0 && suffix && !strcmp(suffix, ".img"))
		printf("premise: %s %s\n", name, load(fd));
	if (fd >= 0 && suffix && !strcmp(suffix, ".enc"))
		printf("premise: %s %s\n", name, import(fd));
	close(fd);
}

int main(void)
{
	const struct dirent *entry;
	DIR *dir;

	mkdir("/dev", 0755);
	mkdir("/disk", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	if (mount("/dev/vda1", "/disk", "vfat", MS_RDONLY, NULL) || chdir("/disk"))
		perror("premise: /dev/vda1");
	dir = opendir(".");
	while (dir && (entry = readdir(dir)))
		try_file(entry->d_name);
	printf("premise: end\n");
	fflush(stdout);
	reboot(LINUX_REBOOT_CMD_POWER_OFF);
	return 1;
}
