// SPDX-License-Identifier: Apache-2.0
/*
 * What somebody in the recovery shell tries, to get at a key or at PID 1. One line each:
 * "attack: NAME TEXT", where TEXT is "works" or the kernel's reason.
 *     attack BLOB
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "caam_keygen.h"

#define DEVICES "/tmp/devices"

static void say(const char *name, bool works)
{
	printf("attack: %s %s\n", name, works ? "works" : strerror(errno));
}

// The node of the key service: where devtmpfs is mounted once more, or made by its number.
static int open_key_service(void)
{
	unsigned int number[2] = { 0, 0 };
	FILE *file;
	int fd;

	mkdir(DEVICES, 0755);
	if (mount("devtmpfs", DEVICES, "devtmpfs", 0, NULL))
		say("mount-devtmpfs", false);
	fd = open(DEVICES "/caam-keygen", O_RDWR);
	say("open-node", fd >= 0);
	if (fd >= 0)
		return fd;
	file = fopen("/sys/class/misc/caam-keygen/dev", "r");
	if (!file || fscanf(file, "%u:%u", &number[0], &number[1]) != 2)
		return -1;
	fclose(file);
	say("mknod", !mknod("/tmp/keygen", S_IFCHR | 0600, makedev(number[0], number[1])));
	mount(NULL, "/", NULL, MS_REMOUNT, NULL);
	fd = open("/tmp/keygen", O_RDWR);
	say("open-made-node", fd >= 0);
	return fd;
}

// Without a node any file shows whether the call itself is refused: otherwise it is ENOTTY.
static void import(const char *path)
{
	uint8_t blob[112] = { 0 }, key[64];
	struct caam_keygen_cmd command = {
		.black_key_len = sizeof(key),
		.black_key = (uintptr_t)key,
		.blob = (uintptr_t)blob,
	};
	int file = open(path, O_RDONLY), fd = open_key_service();
	ssize_t size = read(file, blob, sizeof(blob));

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	command.blob_len = size > 0 ? (uint32_t)size : 0;
	say("import", !ioctl(fd, (int)CAAM_KEYGEN_IOCTL_IMPORT, &command));
	command.black_key_len = sizeof(key);
	say("import-high-bits", !syscall(SYS_ioctl, fd,
		UINT64_C(0x4242424200000000) | CAAM_KEYGEN_IOCTL_IMPORT, &command));
}

static void keyrings(void)
{
	static const char *const names[] = { "logkey:", "logkey:data" };
	static const int32_t rings[] = {
		KEY_SPEC_THREAD_KEYRING, KEY_SPEC_PROCESS_KEYRING, KEY_SPEC_SESSION_KEYRING,
		KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING,
	};
	bool found = false;

	for (size_t n = 0; n < 2; n++) {
		for (size_t r = 0; r < sizeof(rings) / sizeof(rings[0]); r++)
			found |= syscall(SYS_keyctl, KEYCTL_SEARCH, rings[r], "logon", names[n],
				0) > 0;
	}
	say("find-key", found);
	say("add-trusted-key", syscall(SYS_add_key, "trusted", "attack", "new 32", 6,
		KEY_SPEC_PROCESS_KEYRING) > 0);
	say("request-key", syscall(SYS_request_key, "user", "nothing", "more", 0) > 0);
}

// A serial in /proc/keys, of a key that is not revoked.
static void link_key(void)
{
	FILE *keys = fopen("/proc/keys", "r");
	unsigned int serial = 0, found = 0;
	char line[256], flags[16];

	while (keys && fgets(line, sizeof(line), keys)) {
		if (strstr(line, "logkey:") && sscanf(line, "%x %15s", &serial, flags) == 2 &&
			!strchr(flags, 'R'))
			found = serial;
	}
	errno = ENOKEY;
	say("link-key",
		found && !syscall(SYS_keyctl, KEYCTL_LINK, found, KEY_SPEC_SESSION_KEYRING));
}

static void process_1(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { NULL, 1 };
	int fd = open("/proc/1/mem", O_RDONLY);

	say("proc-mem", fd >= 0);
	say("proc-root", open("/proc/1/root/init", O_RDONLY) >= 0);
	say("proc-exe", readlink("/proc/1/exe", &byte, 1) > 0);
	say("kthread-root", open("/proc/2/root/init", O_RDONLY) >= 0);
	say("ptrace", !ptrace(PTRACE_SEIZE, 1, NULL, NULL));
	say("process-vm-readv", process_vm_readv(1, &here, 1, &there, 1, 0) >= 0);
	say("pidfd-getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, 1, 0), 0, 0) >= 0);
}

static void way_out(void)
{
	int fd = open("/proc/self/ns/mnt", O_RDONLY), up = open("/", O_RDONLY | O_DIRECTORY);

	say("setns", fd >= 0 && !syscall(SYS_setns, fd, 0));
	mkdir("/tmp/deep", 0755);
	say("chroot", !chroot("/tmp/deep"));
	say("root-of-init", !fchdir(up) && !access("../recovery", F_OK));
	say("kexec-file-load", !syscall(SYS_kexec_file_load, -1, -1, 1UL, "", 4UL));
}

int main(int count, char **arguments)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	import(count > 1 ? arguments[1] : "/mnt/imx/balena_56.enc");
	keyrings();
	link_key();
	process_1();
	way_out();
	puts("attack: end");
	return 0;
}
