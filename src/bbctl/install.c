// SPDX-License-Identifier: Apache-2.0
// bbctl install: puts a release of the bootloader into the place of the one that a device starts.

#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bbctl.h"
#include "bbprovision/fuse-plan.h"
#include "bootstate.h"
#include "bytes.h"
#include "fuses.h"
#include "image.h"
#include "json.h"
#include "replace.h"
#include "system.h"

const char install_help[] =
	"usage: bbctl install [--imx DIR] [--config FILE] [--foreign] [--repair] [--check] [--json] FILE...\n"
	"\n"
	"On the device: puts a signed kernel and its device trees into the place of those that U-Boot\n"
	"starts. Each FILE takes the place of the one with its name. All must be such that this device\n"
	"starts them (its fuses say which keys, and which slots are revoked), of one release and one slot,\n"
	"for this device type, for the places where U-Boot loads them, and of no lower security version\n"
	"than what is there. A power cut leaves the old kernel and device trees or the new ones, or the new\n"
	"kernel with the old device trees, which it has to start with.\n"
	"\n"
	"  --imx DIR      where the unencrypted boot volume is mounted, writable; /mnt/imx\n"
	"  --config FILE  the bootloader's configuration, which says the device type and where the fuses\n"
	"                 are; " CONFIG_PATH "\n"
	"  --foreign      take what another tool signed as well: it does not say what it is for, so\n"
	"                 device type and version are yours to know\n"
	"  --repair       although what is there is nothing that this device starts, so that nothing tells\n"
	"                 which version it had, and where U-Boot expects the image vector table\n"
	"  --check        say whether it would be done; write nothing\n"
	"\n"
	"Exit status: 0 installed (or there already), 1 refused, 2 usage.\n";

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int read_srk(int fd, uint8_t ret[static SRK_FUSES_SIZE])
{
	int error = 0;

	for (off_t i = 0; !error && i < FUSE_SRK_WORDS; i++) {
		uint32_t word;

		error = fuses_read(fd, FUSE_SRK + 4 * i, &word);
		if (!error)
			put_le32(ret + 4 * i, word);
	}
	return error;
}

static enum install_reason read_fuses(struct install *in)
{
	static const uint8_t none[SRK_FUSES_SIZE];
	cleanup_fd int fd = fuses_open(in->config.fuses, O_RDONLY);
	uint32_t boot_cfg = 0, revoked = 0;
	int error = fd < 0 ? fd : read_srk(fd, in->fuses);

	if (!error)
		error = fuses_read(fd, FUSE_BOOT_CFG0, &boot_cfg);
	if (!error)
		error = fuses_read(fd, FUSE_SRK_REVOKE, &revoked);
	if (error)
		return install_refuse(in, INSTALL_FUSES_UNREADABLE, in->config.fuses, "%s", strerror(-error));
	in->revoked = revoked & ((1u << FUSE_SLOTS_REVOCABLE) - 1);
	in->no_fuses = !memcmp(in->fuses, none, sizeof(none));
	if (in->no_fuses && boot_cfg & FUSE_SEC_CONFIG_CLOSED)
		return install_refuse(in, INSTALL_FUSES_UNREADABLE, in->config.fuses,
			"the device is closed, and the SRK fuses are all zero");
	return INSTALL_GOOD;
}

// Each file is read once: what is verified is what is written.
static int read_items(struct install *in, char **files)
{
	in->items = calloc(in->count, sizeof(*in->items));
	if (!in->items)
		return fail_file(files[0], "no memory");
	for (size_t i = 0; i < in->count; i++) {
		struct install_item *item = &in->items[i];

		item->file = files[i];
		item->name = base_name(files[i]);
		for (size_t j = 0; j < i; j++) {
			if (!strcasecmp(in->items[j].name, item->name))
				return fail_usage("install", "two files are called %s", item->name);
		}
		item->data = read_whole(item->file, IMAGE_SIZE_MAX, &item->size);
		if (!item->data)
			return STATUS_USAGE;
	}
	return 0;
}

/*
 * The copy of the boot state tells what this bootloader saw last. Where another one was in between, that
 * was long ago. It is taken away before the bootloader that would believe it is there.
 */
static int forget_boot_state(const struct install *in)
{
	for (size_t i = 0; i < in->count; i++) {
		const struct install_item *item = &in->items[i];

		if (item->artifact.kind != ARTIFACT_KERNEL || !item->artifact.has_label ||
			(item->there_is_good && item->there.has_label))
			continue;
		if (unlinkat(in->directory_fd, BOOTSTATE_COPY, 0))
			return errno == ENOENT ? 0 : -errno;
		return fsync(in->directory_fd) ? -errno : 0;
	}
	return 0;
}

static enum install_reason refuse_write(struct install *in, const char *name, size_t done, int error)
{
	if (error == -EEXIST)
		return install_refuse(in, INSTALL_LEFTOVER, name, "unmount the volume, fsck.vfat -a, and once more");
	return install_refuse(in, INSTALL_WRITE, name, "%s; %s", strerror(-error),
		done ? "the files before it have been replaced" : "nothing was replaced");
}

// The kernel first: it has to start with the device trees before its own, they need not with an older one.
static enum install_reason write_items(struct install *in)
{
	struct replacement *files = calloc(in->count, sizeof(*files));
	const char *name = BOOTSTATE_COPY;
	size_t used = 0, done = 0;
	int error = files ? forget_boot_state(in) : -ENOMEM;

	for (int kind = ARTIFACT_KERNEL; files && kind <= ARTIFACT_DEVICE_TREE; kind++) {
		for (size_t i = 0; i < in->count; i++) {
			const struct install_item *item = &in->items[i];

			if ((int)item->artifact.kind == kind)
				files[used++] = (struct replacement){ .name = item->name,
					.data = item->data, .size = item->size };
		}
	}
	if (!error)
		error = replace_files(in->directory_fd, files, used, &name, &done);
	free(files);
	return error ? refuse_write(in, name, done, error) : INSTALL_GOOD;
}

static enum install_reason run(struct install *in)
{
	enum install_reason reason = read_fuses(in);

	if (!reason)
		reason = install_judge(in);
	return reason || in->check ? reason : write_items(in);
}

static void print_good(const struct install *in)
{
	const struct artifact *first = &in->items[0].artifact;

	for (size_t i = 0; i < in->count; i++)
		printf("%s/%s: %s, %s\n", in->directory, in->items[i].name,
			artifact_kind_name(in->items[i].artifact.kind), in->check ? "may be installed" : "installed");
	if (first->has_label)
		printf("slot %u, security version %" PRIu32 "\n", first->slot, first->label.security_version);
	else
		printf("slot %u; signed by another tool, no security version\n", first->slot);
	if (in->no_fuses)
		puts("no SRK fuses are burnt: only that the files belong together was verified");
}

static void json_good(const struct install *in, struct text *json)
{
	const struct artifact *first = &in->items[0].artifact;

	json_number(json, "slot", first->slot);
	if (first->has_label)
		json_number(json, "security_version", first->label.security_version);
	json_bool(json, "verified_with_fuses", !in->no_fuses);
	json_bool(json, "written", !in->check);
}

static int tell(struct install *in, enum install_reason reason, bool as_json)
{
	struct text json = { .data = NULL };

	if (as_json) {
		json_answer(&json, in->directory);
		if (reason) {
			json_open(&json, "error", '{');
			json_string(&json, "name", install_reason_name(reason));
			json_string(&json, "object", in->object);
			json_string(&json, "detail", in->detail);
			json_close(&json, '}');
		} else {
			json_null(&json, "error");
			json_good(in, &json);
		}
		json_close(&json, '}');
		puts(json.data);
		free(json.data);
	} else if (!reason) {
		print_good(in);
	}
	if (!reason)
		return STATUS_GOOD;
	fprintf(stderr, "bbctl: %s: refused: %s: %s (%s)\n", in->object, install_reason_name(reason),
		install_reason_meaning(reason), in->detail);
	return STATUS_REFUSED;
}

static int open_and_run(struct install *in, char **files, bool as_json)
{
	int status = read_items(in, files);

	if (status)
		return status;
	in->directory_fd = open(in->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->directory_fd < 0)
		return fail_file(in->directory, "cannot be opened: %s", strerror(errno));
	status = tell(in, run(in), as_json);
	close(in->directory_fd);
	return status;
}

int install_main(int argc, char **argv)
{
	static struct install in = { .directory = "/mnt/imx" };
	const char *config = CONFIG_PATH;
	bool as_json = false;
	const struct command_option options[] = { { "--imx", NULL, &in.directory },
		{ "--config", NULL, &config }, { "--foreign", &in.foreign, NULL },
		{ "--repair", &in.repair, NULL }, { "--check", &in.check, NULL },
		{ "--json", &as_json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;

	if (count < 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs the files of a release");
	in.count = (size_t)count;
	status = read_config(config, &in.config);
	if (!status)
		status = open_and_run(&in, argv + 1, as_json);
	for (size_t i = 0; in.items && i < in.count; i++)
		free(in.items[i].data);
	free(in.items);
	return status;
}
