// SPDX-License-Identifier: Apache-2.0
/*
 * Authenticates the installer's root and mounts it. Before its manifest was verified nothing of the
 * medium is looked at but its partition table; afterwards every block that is read is one that the
 * manifest's root hash covers, whatever the medium does.
 */

#include "installer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "certificate.h"
#include "error.h"
#include "manifest.h"
#include "mounts.h"
#include "system.h"
#include "verity.h"

#define MAPPING "installer"
#define NODE_MAX 64

static void medium_node(const struct boot *b, char ret[static NODE_MAX])
{
	struct text text = text_in(ret, NODE_MAX);

	text_add(&text, "/dev/");
	text_add(&text, b->medium);
}

// Once, into memory: what is verified is what is used.
static int read_manifest(struct boot *b, uint8_t ret[static MANIFEST_SIZE], uint64_t *ret_size)
{
	char node[NODE_MAX];
	cleanup_fd int fd = -1;
	off_t size;
	ssize_t n;

	medium_node(b, node);
	fd = open(node, O_RDONLY | O_CLOEXEC);
	size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (size < 0)
		return boot_fail(b, BB_MANIFEST_BAD, b->medium, errno);
	if (size < MANIFEST_SIZE)
		return boot_fail(b, BB_MANIFEST_BAD, "size of the partition", 0);
	n = pread(fd, ret, MANIFEST_SIZE, size - MANIFEST_SIZE);
	if (n != MANIFEST_SIZE)
		return boot_fail(b, BB_MANIFEST_BAD, b->medium, n < 0 ? errno : EIO);
	*ret_size = (uint64_t)size;
	return 0;
}

static int parse(struct boot *b, const uint8_t block[static MANIFEST_SIZE], struct manifest *ret)
{
	unsigned int line;
	char where[32];
	struct text text = TEXT_IN(where);

	if (!manifest_parse(block, ret, &line))
		return 0;
	text_add(&text, "line ");
	text_add_number(&text, line);
	return boot_fail(b, BB_MANIFEST_BAD, where, 0);
}

// What it is for, and whether it can be what lies on this partition.
static int check(struct boot *b, const struct manifest *manifest, uint64_t partition_size)
{
	if (strcmp(manifest->device_type, b->config.device_type))
		return boot_fail(b, BB_INSTALLER_DEVICE_TYPE, manifest->device_type, 0);
	if (manifest->version < b->config.minimum_installer) {
		char version[16];
		struct text text = TEXT_IN(version);

		text_add_number(&text, manifest->version);
		return boot_fail(b, BB_INSTALLER_VERSION, version, 0);
	}
	if (manifest_check_size(manifest, partition_size))
		return boot_fail(b, BB_MANIFEST_BAD, "data-blocks", 0);
	return 0;
}

// The signature first: nobody else's text is read.
static int authenticate(struct boot *b, struct manifest *ret)
{
	uint8_t block[MANIFEST_SIZE];
	uint64_t size = 0;
	int error = read_manifest(b, block, &size), reason = 0;

	if (error)
		return error;
	error = certificate_verify(block, &reason);
	if (error)
		return boot_fail(b, error,
			error == BB_INSTALLER_CERTIFICATE ? CERTIFICATE_PATH : b->medium, reason);
	error = parse(b, block, ret);
	return error ? error : check(b, ret, size);
}

/*
 * For the bootloader, which takes a kernel from it, no program on it runs, and a block that is
 * another one is an error with a name. The installer's own programs must not go on where one ends
 * in the middle.
 */
static int mount_installer(struct boot *b, const char *node)
{
	bool last = b->config.stage == STAGE_INSTALLER;
	int error = mount_at(node, MOUNT_ROOT, "ext4",
		last ? MS_RDONLY | MS_NOSUID | MS_NODEV : MOUNT_READ, "errors=remount-ro");

	return error ? boot_fail(b, BB_INSTALLER_ROOT, node, -error) : 0;
}

static int open_authenticated(struct boot *b)
{
	struct manifest manifest;
	char node[NODE_MAX];
	int error = authenticate(b, &manifest);

	if (error)
		return error;
	medium_node(b, node);
	error = verity_open(&manifest, node, MAPPING, b->config.stage == STAGE_INSTALLER);
	if (error)
		return boot_fail(b, BB_INSTALLER_ROOT, b->medium, -error);
	b->medium_mapped = true;
	b->report.installer.version = manifest.version;
	b->report.installer.authenticated = true;
	return mount_installer(b, "/dev/mapper/" MAPPING);
}

// On an open device whatever the medium holds is taken, if its kernel is signed.
static int open_anything(struct boot *b, int error)
{
	char node[NODE_MAX];

	boot_warn(b, "the installer is not authenticated: ", bb_error_name(error));
	close_installer(b);
	b->report.installer.authenticated = false;
	medium_node(b, node);
	return mount_installer(b, node);
}

// The kernel is then looked for as that of a root without an override.
int installer_stage(struct boot *b)
{
	int error = open_authenticated(b);

	if (error && error != BB_INSTALLER_CERTIFICATE && !b->closed)
		error = open_anything(b, error);
	b->plan.candidates = 1;
	b->plan.candidate[0] = (struct slot_candidate){ .slot = SLOT_A, .abi = "" };
	return error;
}

int close_installer(struct boot *b)
{
	int error = 0;

	if (!boot_installs(b))
		return 0;
	unmount(MOUNT_ROOT);
	if (b->medium_mapped)
		error = verity_close(MAPPING);
	b->medium_mapped = error != 0;
	return error;
}
