// SPDX-License-Identifier: Apache-2.0
/*
 * Brings the kernel file of a candidate into memory, unpacked, in one pass, and checks its form.
 * The memory is sealed before it is looked at: what is checked is what is loaded, whatever the disk
 * does.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "boot.h"
#include "digests.h"
#include "error.h"
#include "image.h"
#include "inflate.h"
#include "mounts.h"
#include "system.h"

#define CHUNK_SIZE (64u << 10)

/*
 * An Image is in memory three times at most: here, as kexec_file_load reads it, and in the segments
 * that this makes of it (kernel/kexec_file.c). What is kept free is for the rest of the kernel.
 */
#define IMAGE_COPIES 3
#define MEMORY_KEPT (16u << 20)

// Path of a kernel file below the volume that holds it.
static void kernel_path(const struct slot_candidate *candidate, const char *file, char *ret,
	size_t size)
{
	struct text text = text_in(ret, size);

	if (candidate->abi[0]) {
		text_add(&text, "boot-by-abi/");
		text_add(&text, candidate->abi);
		text_add_char(&text, '/');
	} else {
		text_add(&text, "boot/");
	}
	text_add(&text, file);
}

// Opens Image.gz, or Image where there is no Image.gz. The path taken goes into the report.
static int open_kernel(struct boot *b, bool *ret_packed)
{
	static const char *const files[] = { "Image.gz", "Image" };
	const struct slot_candidate *candidate = boot_candidate(b);
	cleanup_fd int volume = open(candidate->abi[0] ? MOUNT_DATA : MOUNT_ROOT,
		O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = -ENOENT;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && fd == -ENOENT; i++) {
		kernel_path(candidate, files[i], b->report.kernel.path,
			sizeof(b->report.kernel.path));
		fd = open_beneath(volume, b->report.kernel.path);
		*ret_packed = i == 0;
	}
	if (fd < 0)
		boot_fail(b, BB_KERNEL_MISSING, b->report.kernel.path, -fd);
	return fd;
}

struct reader {
	int fd;
	int error; // errno of a read that failed
	uint8_t chunk[CHUNK_SIZE];
};

static int next_chunk(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	struct reader *reader = context;
	ssize_t n = read(reader->fd, reader->chunk, sizeof(reader->chunk));

	if (n < 0) {
		reader->error = errno;
		return BB_KERNEL_READ;
	}
	*ret_data = reader->chunk;
	*ret_size = (size_t)n;
	return 0;
}

/*
 * How long an Image can be. When memory ends the kernel kills what uses it, which can only be PID
 * 1: the boot would end without a name, and the next one too.
 */
static size_t image_room(void)
{
	struct sysinfo info = { 0 };
	uint64_t room;

	sysinfo(&info);
	room = (uint64_t)info.freeram * info.mem_unit;
	room = room > MEMORY_KEPT ? (room - MEMORY_KEPT) / IMAGE_COPIES : 0;
	return room < IMAGE_SIZE_MAX ? (size_t)room : IMAGE_SIZE_MAX;
}

static int too_big(struct boot *b, size_t room, const char *detail)
{
	return boot_fail(b, BB_KERNEL_TOO_BIG, detail, room < IMAGE_SIZE_MAX ? ENOMEM : 0);
}

static int unpack(struct boot *b, int fd, uint8_t *memory, size_t room, size_t *ret_size)
{
	static struct reader reader; // too large for the stack
	const struct inflate_source source = { next_chunk, &reader };
	struct inflate_result result;
	int error;

	reader.fd = fd;
	reader.error = 0;
	error = inflate_gzip(&source, memory, room, &result);
	*ret_size = result.size;
	if (!error)
		return 0;
	if (error == BB_KERNEL_TOO_BIG)
		return too_big(b, room, result.detail);
	return boot_fail(b, error, result.detail ? result.detail : b->report.kernel.path,
		reader.error);
}

static int copy(struct boot *b, int fd, uint8_t *memory, size_t room, size_t *ret_size)
{
	ssize_t n;

	*ret_size = 0;
	while ((n = read(fd, memory + *ret_size, room - *ret_size)) > 0)
		*ret_size += (size_t)n;
	if (n < 0)
		return boot_fail(b, BB_KERNEL_READ, b->report.kernel.path, errno);
	if (*ret_size == room)
		return too_big(b, room, b->report.kernel.path);
	return 0;
}

// Fills a memfd of the largest size there is room for, then cuts it to what came.
static int fill(struct boot *b, int file, bool packed, int memfd, size_t *ret_size)
{
	size_t room = image_room();
	uint8_t *memory;
	int error;

	if (!room)
		return too_big(b, room, b->report.kernel.path);
	if (ftruncate(memfd, (off_t)room))
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	memory = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	if (memory == MAP_FAILED)
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	error = packed ? unpack(b, file, memory, room, ret_size) :
		copy(b, file, memory, room, ret_size);
	munmap(memory, room);
	if (error)
		return error;
	if (ftruncate(memfd, (off_t)*ret_size) || fcntl(memfd, F_ADD_SEALS,
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE))
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	return 0;
}

static int check_image(struct boot *b, int memfd, size_t size)
{
	struct report_kernel *kernel = &b->report.kernel;
	struct image image;
	void *memory;
	int error;

	if (!size)
		return boot_fail(b, BB_KERNEL_NOT_IMAGE, "empty file", 0);
	memory = mmap(NULL, size, PROT_READ, MAP_SHARED, memfd, 0);
	if (memory == MAP_FAILED)
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	error = image_parse(memory, size, &image);
	munmap(memory, size);
	if (error)
		return boot_fail(b, error, image.detail, 0);
	kernel->size = size;
	kernel->version = image.security_version;
	memcpy(kernel->digest, image.signature.digest, sizeof(kernel->digest));
	text_copy(kernel->signer, image.signature.signer);
	if (image.security_version < b->config.minimum_version)
		return boot_fail(b, BB_KERNEL_VERSION, kernel->path, 0);
	/* That the digest is this file's, the running kernel finds out when it verifies the signature. */
	if (digests_have(b->config.revoked_kernels, kernel->digest))
		return boot_fail(b, BB_KERNEL_REVOKED, kernel->path, 0);
	return 0;
}

int kernel_stage(struct boot *b)
{
	bool packed = false;
	cleanup_fd int file = open_kernel(b, &packed);
	cleanup_fd int memfd = -1;
	size_t size = 0;
	int error;

	if (file < 0)
		return BB_KERNEL_MISSING;
	memfd = memfd_create("kernel", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (memfd < 0)
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	error = fill(b, file, packed, memfd, &size);
	if (!error)
		error = check_image(b, memfd, size);
	if (!error)
		b->kernel = steal_fd(&memfd);
	return error;
}
