// SPDX-License-Identifier: Apache-2.0
/*
 * What /init is compared with: a program that makes the system calls without which a boot from a
 * closed device (layout 1) into the slot that bootenv names cannot be, and checks nothing.
 * Partitions are where mkdisk puts them, and what the OS is told is fixed. It unpacks with /init's
 * own inflate, so that the difference is what /init does besides: checks, enforcement, watchdog,
 * libcryptsetup, boot state, report.
 */

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <linux/fs.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/reboot.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../stub/caam_keygen.h"
#include "inflate.h"

/* The partitions of mkdisk's closed device, in its order. */
#define IMX "/dev/vda1"
#define BOOT "/dev/vda2"
#define ROOT_A "/dev/vda3"
#define ROOT_B "/dev/vda4"
#define LAST "/dev/vda6"

#define WORDS                                                                                      \
	"console=ttyAMA0 printk.devkmsg=on module.sig_enforce=1 lockdown=integrity efi=noruntime"

/* "ccm -s 24": docs/porting.md, layout 1 */
#define BLACK_KEY_SIZE 56
#define BLOB_SIZE 104

/* Documentation/filesystems/ext4/super.rst: the superblock's s_uuid */
#define UUID_AT (1024 + 104)

#define IMAGE_ROOM (80u << 20)
#define CHUNK_SIZE (64u << 10)

// Whatever is wrong: the kernel panics when PID 1 ends.
static int need(int result)
{
	if (result < 0)
		exit(1);
	return result;
}

static size_t read_file(const char *path, void *data, size_t size)
{
	int fd = need(open(path, O_RDONLY));
	ssize_t n = read(fd, data, size);

	need((int)n);
	close(fd);
	return (size_t)n;
}

static void wait_for(const char *device)
{
	const struct timespec millisecond = { .tv_nsec = 1000000 };

	while (access(device, F_OK))
		nanosleep(&millisecond, NULL);
}

static long load_key(void)
{
	uint8_t blob[BLOB_SIZE], key[BLACK_KEY_SIZE];
	struct caam_keygen_cmd command = {
		.black_key_len = sizeof(key),
		.black_key = (uintptr_t)key,
		.blob_len = sizeof(blob),
		.blob = (uintptr_t)blob,
	};
	int keygen = need(open("/dev/caam-keygen", O_RDWR));

	read_file("/mnt/balena_56.enc", blob, sizeof(blob));
	need(ioctl(keygen, (int)CAAM_KEYGEN_IOCTL_IMPORT, &command));
	close(keygen);
	return syscall(SYS_add_key, "logon", "logkey:", key, sizeof(key), KEY_SPEC_PROCESS_KEYRING);
}

static bool boots_b(void)
{
	char env[1024 + 1] = "";

	read_file("/mnt/bootenv", env, sizeof(env) - 1);
	return strstr(env, "resin_root_part=B");
}

struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char table[128];
};

static struct request request(const char *name)
{
	struct request r = {
		.head = {
			.version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(r),
			.data_start = sizeof(r.head),
		},
	};

	snprintf(r.head.name, sizeof(r.head.name), "%s", name);
	return r;
}

static void map(int control, const char *name, const char *device)
{
	struct request r = request(name);
	uint64_t bytes = 0;
	int fd = need(open(device, O_RDONLY));

	need(ioctl(fd, (int)BLKGETSIZE64, &bytes));
	close(fd);
	need(ioctl(control, (int)DM_DEV_CREATE, &r));
	r = request(name);
	r.head.target_count = 1;
	r.target.length = bytes / 512;
	memcpy(r.target.target_type, "crypt", sizeof("crypt"));
	snprintf(r.table, sizeof(r.table), "capi:tk(cbc(aes))-plain :%d:logon:logkey: 0 %s 0",
		BLACK_KEY_SIZE, device);
	need(ioctl(control, (int)DM_TABLE_LOAD, &r));
	r = request(name);
	need(ioctl(control, (int)DM_DEV_SUSPEND, &r)); // without DM_SUSPEND_FLAG: resumed
}

static void unmap(int control, const char *name)
{
	struct request r = request(name);

	need(ioctl(control, (int)DM_DEV_REMOVE, &r));
}

static uint8_t chunk[CHUNK_SIZE];

static int next_chunk(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	ssize_t n = read(*(int *)context, chunk, sizeof(chunk));

	*ret_data = chunk;
	*ret_size = (size_t)n;
	return n < 0;
}

// The kernel of the mounted root, unpacked, in a memory file.
static int read_kernel(void)
{
	int file = open("/mnt/boot/Image.gz", O_RDONLY);
	bool packed = file >= 0;
	int memfd = need((int)syscall(SYS_memfd_create, "kernel", 0));
	const struct inflate_source source = { next_chunk, &file };
	struct inflate_result result = { .size = 0 };
	uint8_t *memory;
	ssize_t n;

	if (!packed)
		file = need(open("/mnt/boot/Image", O_RDONLY));
	need(ftruncate(memfd, IMAGE_ROOM));
	memory = mmap(NULL, IMAGE_ROOM, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	if (memory == MAP_FAILED)
		exit(1);
	if (packed && inflate_gzip(&source, memory, IMAGE_ROOM, &result))
		exit(1);
	while (!packed && (n = read(file, memory + result.size, IMAGE_ROOM - result.size)) > 0)
		result.size += (size_t)n;
	munmap(memory, IMAGE_ROOM);
	need(ftruncate(memfd, (off_t)result.size));
	close(file);
	return memfd;
}

static void load_kernel(int memfd, const char *root)
{
	char words[256] = WORDS " root=UUID=";
	size_t length = strlen(words);
	uint8_t uuid[16];
	int fd = need(open(root, O_RDONLY));

	need((int)pread(fd, uuid, sizeof(uuid), UUID_AT));
	close(fd);
	for (int i = 0; i < 16; i++) {
		const char *dash = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";

		length += (size_t)snprintf(
			words + length, sizeof(words) - length, "%s%02x", dash, uuid[i]);
	}
	need((int)syscall(SYS_kexec_file_load, memfd, -1, length + 1, words,
		(unsigned long)KEXEC_FILE_NO_INITRAMFS));
}

int main(void)
{
	long key;
	bool b;
	int control;

	need(mount("dev", "/dev", "devtmpfs", 0, NULL));
	wait_for(LAST);
	need(mount(IMX, "/mnt", "vfat", MS_RDONLY, NULL));
	key = load_key();
	b = boots_b();
	need(umount("/mnt"));

	control = need(open("/dev/mapper/control", O_RDWR));
	map(control, "resin-boot", BOOT);
	map(control, "resin-root", b ? ROOT_B : ROOT_A);
	need(mount("/dev/dm-1", "/mnt", "ext4", MS_RDONLY, NULL));
	load_kernel(read_kernel(), "/dev/dm-1");

	need(umount("/mnt"));
	unmap(control, "resin-root");
	unmap(control, "resin-boot");
	syscall(SYS_keyctl, KEYCTL_REVOKE, key);
	sync();
	reboot(LINUX_REBOOT_CMD_KEXEC);
	return 1;
}
