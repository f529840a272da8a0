// SPDX-License-Identifier: Apache-2.0
// bbprovision revoke: ends a slot for good, once nothing that is to start here needs it.

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "artifacts.h"
#include "bootstate.h"
#include "bytes.h"
#include "fuse-device.h"
#include "fuse-say.h"
#include "json.h"
#include "system.h"

const char revoke_help[] =
	"usage: bbprovision revoke SLOT --imx DIR --root-a DIR --root-b DIR --artifact FILE...\n"
	"                          [--config FILE] [--json]\n"
	"\n"
	"Burns the fuse that revokes an SRK slot, 0 to 2: the boot ROM starts nothing any more that\n"
	"is signed in it, and nothing takes that back. Refused unless everything that is to start on\n"
	"this device is signed, for the hash in its fuses, in one other slot; each file is verified,\n"
	"not just parsed. A slot that is revoked already is said to be, and that is good.\n"
	"\n"
	"  --imx DIR          where the FAT with the bootloader is mounted (balena-imx): its files\n"
	"                     are looked at, and its boot state, in which no update may be pending\n"
	"  --root-a DIR, --root-b DIR\n"
	"                     where the two roots are mounted: what is signed in their boot\n"
	"                     and resin-boot gets onto the FAT when that root is installed again\n"
	"  --artifact FILE... what else is to start: boot0, boot1\n"
	"  --config FILE      in place of " CONFIG_PATH "\n"
	"\n"
	"Example:\n"
	"  bbprovision revoke 0 --imx /mnt/imx --root-a / --root-b /mnt/b --artifact /dev/mmcblk2boot0 \\\n"
	"      /dev/mmcblk2boot1\n";

struct call {
	const char *slot, *imx, *roots[2];
	bool artifact;
	char **files;
	int count;
};

// Also the context of struct fuse_io.
struct run {
	struct fuse_device device; // first: what the functions that read and write are given
	struct provision p;
	const struct call *call;
	struct artifacts artifacts;
	struct fuse_goal goal;
};

_Static_assert(offsetof(struct run, device) == 0, "the context of both");

static int read_state(void *context, const char *name, uint8_t *data, size_t size)
{
	const int *dir_fd = context;

	return read_file(*dir_fd, name, data, size);
}

static int check_committed(struct run *run, int imx_fd)
{
	const struct bootstate_io io = { .context = &imx_fd, .read = read_state };
	struct bootstate state;

	bootstate_load(&io, &state);
	if (state.source != BOOTSTATE_ORIGINAL)
		return provision_refuse(&run->p, PROVISION_NOT_COMMITTED,
			"%s/%s: not whole, or not there", run->call->imx, BOOTSTATE_FILE);
	if (state.env.upgrade_available)
		return provision_refuse(&run->p, PROVISION_NOT_COMMITTED,
			"%s/%s: upgrade_available is 1", run->call->imx, BOOTSTATE_FILE);
	return STATUS_GOOD;
}

static int open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int add_fat(struct run *run)
{
	const char *imx = run->call->imx;
	cleanup_fd int fd = open_directory(imx);
	int status;

	if (fd < 0)
		return provision_refuse(
			&run->p, PROVISION_NOT_COMMITTED, "%s: %s", imx, strerror(errno));
	status = check_committed(run, fd);
	return status ? status : artifacts_add_directory(&run->p, &run->artifacts, fd, imx, true);
}

// /boot is a link, to be followed within that root only.
static int add_root_directory(struct run *run, int root_fd, const char *root, const char *name)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	cleanup_fd int fd = (int)syscall(SYS_openat2, root_fd, name, &how, sizeof(how));
	char path[256];
	struct text t = TEXT_IN(path);

	if (fd < 0 && errno == ENOENT)
		return STATUS_GOOD;
	text_add(&t, root);
	text_add(&t, "/");
	text_add(&t, name);
	if (fd < 0)
		return provision_refuse(
			&run->p, PROVISION_ARTIFACT_REFUSED, "%s: %s", path, strerror(errno));
	return artifacts_add_directory(&run->p, &run->artifacts, fd, path, false);
}

// An empty one is where a root is not mounted.
static int add_root(struct run *run, const char *root)
{
	cleanup_fd int fd = open_directory(root);
	unsigned int before = run->artifacts.count;
	int status;

	if (fd < 0)
		return provision_refuse(
			&run->p, PROVISION_ARTIFACT_REFUSED, "%s: %s", root, strerror(errno));
	status = add_root_directory(run, fd, root, "boot");
	if (!status)
		status = add_root_directory(run, fd, root, "resin-boot");
	if (!status && run->artifacts.count == before)
		status = provision_refuse(&run->p, PROVISION_ARTIFACT_REFUSED,
			"%s: no signed file in boot or resin-boot: is the root mounted there?", root);
	return status;
}

// The same root twice would leave the other one unseen.
static int add_roots(struct run *run)
{
	const char *const *roots = run->call->roots;
	struct stat a, b;
	int status;

	if (!stat(roots[0], &a) && !stat(roots[1], &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return provision_refuse(&run->p, PROVISION_ARTIFACT_REFUSED,
			"%s and %s are the same directory", roots[0], roots[1]);
	status = add_root(run, roots[0]);
	return status ? status : add_root(run, roots[1]);
}

static int check_slots(struct run *run)
{
	const struct artifacts *found = &run->artifacts;
	unsigned int slot = run->goal.slot;

	if (found->slots >> slot & 1)
		return provision_refuse(&run->p, PROVISION_SLOT_IN_USE, "%s is signed in slot %u",
			found->of_slot[slot], slot);
	return artifacts_agree(&run->p, found);
}

static int check_all(struct run *run)
{
	struct artifacts found = { .revoked = run->artifacts.revoked };
	int status;

	memcpy(found.fuses, run->artifacts.fuses, sizeof(found.fuses));
	run->artifacts = found;
	status = artifacts_add(&run->p, &run->artifacts, run->call->files, run->call->count);
	if (!status)
		status = add_fat(run);
	if (!status)
		status = add_roots(run);
	return status ? status : check_slots(run);
}

static enum provision_reason check(void *context, const struct fuse_write *next)
{
	(void)next;
	// What it was is in run->p.
	return check_all(context) ? PROVISION_ARTIFACT_REFUSED : PROVISION_NONE;
}

static void print_result(
	struct run *run, const struct fuse_words *before, const struct fuse_outcome *outcome)
{
	struct fuse_write write = { FUSE_SRK_REVOKE, UINT32_C(1) << run->goal.slot, true };

	if (run->p.json.data) {
		json_number(&run->p.json, "slot", run->goal.slot);
		json_bool(&run->p.json, "was_revoked", before->revoked & write.bits);
		json_number(&run->p.json, "burnt", outcome->burnt);
	} else if (before->revoked & write.bits) {
		printf("slot %u is revoked already\n", run->goal.slot);
	} else if (outcome->burnt) {
		fuse_print_write(&run->p, &write, before->revoked);
		printf("slot %u is revoked\n", run->goal.slot);
	}
	if (run->artifacts.count && !outcome->reason)
		artifacts_print(&run->p, &run->artifacts);
}

static void run_open(struct run *run)
{
	const struct fuse_io io = { run, fuse_device_read, fuse_device_write, check };
	struct fuse_outcome outcome = { .reason = PROVISION_NONE };
	struct fuse_words now;

	if (!fuse_read_all(&io, &now, &outcome)) {
		for (size_t i = 0; i < FUSE_SRK_WORDS; i++)
			put_le32(run->artifacts.fuses + 4 * i, now.srk[i]);
		run->artifacts.revoked = now.revoked & ((1u << FUSE_SLOTS_REVOCABLE) - 1);
		outcome = fuse_burn(&io, &run->goal);
		print_result(run, &now, &outcome);
	}
	fuse_refuse_outcome(&run->p, &outcome);
}

// What a file holds that somebody else may have written gets here: one digit, and nothing else.
static int take_slot(struct run *run)
{
	const char *slot = run->call->slot;

	if (slot[0] < '0' || slot[0] > '3' || slot[1])
		return provision_refuse(
			&run->p, PROVISION_SLOT_BAD, "one digit, 0 to 2, and nothing else");
	run->goal.kind = FUSE_REVOKE;
	run->goal.slot = (unsigned int)(slot[0] - '0');
	if (run->goal.slot >= FUSE_SLOTS_REVOCABLE)
		return provision_refuse(
			&run->p, PROVISION_SLOT_NOT_REVOCABLE, "slot %u", run->goal.slot);
	return STATUS_GOOD;
}

static int take_call(struct provision *p, int argc, char **argv, struct call *call)
{
	const struct command_option options[] = { { "--artifact", &call->artifact, NULL },
		{ "--imx", NULL, &call->imx }, { "--root-a", NULL, &call->roots[0] },
		{ "--root-b", NULL, &call->roots[1] }, { NULL, NULL, NULL } };
	int count = provision_options(p, argc, argv, options);

	if (count < 0)
		return STATUS_USAGE;
	if (count < 2 || !call->artifact)
		return fail_usage(argv[0], "needs a slot, and --artifact with the signed files");
	if (!call->imx || !call->roots[0] || !call->roots[1])
		return fail_usage(argv[0], "needs --imx, --root-a and --root-b");
	call->slot = argv[1];
	call->files = argv + 2;
	call->count = count - 1;
	return STATUS_GOOD;
}

int revoke_main(int argc, char **argv)
{
	struct call call = { .slot = NULL };
	struct run run = { .device.fd = -1, .call = &call };
	int status = take_call(&run.p, argc, argv, &call);

	if (status)
		return status;
	status = take_slot(&run);
	if (!status)
		status = provision_read_config(&run.p);
	if (!status)
		status = fuse_device_open(&run.p, true, &run.device);
	if (!status)
		run_open(&run);
	if (run.device.fd >= 0)
		close(run.device.fd);
	return provision_answer(&run.p);
}
