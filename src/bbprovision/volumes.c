// SPDX-License-Identifier: Apache-2.0
// bbprovision volumes: opens the encrypted volumes for whoever writes into them.

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "imx.h"
#include "json.h"
#include "keypair.h"
#include "mapping.h"
#include "system.h"
#include "volume-key.h"
#include "volumes.h"

const char volumes_help[] =
	"usage: bbprovision volumes [--close] [--config FILE] [--json]\n"
	"\n"
	"Opens the five encrypted volumes of a closed device as /dev/mapper/NAME, NAME being that of the\n"
	"partition; they are to be written into. Refused as long as a key blob or its copy is missing or\n"
	"cannot be used (key-incomplete). Volumes that are open are closed first, so that they are sure\n"
	"to be the right ones; nothing is wiped.\n"
	"\n"
	"  --close  only close them, when what was written is on the disk\n";

static void volume_path(const struct device *d, enum volume v, char *ret, size_t size)
{
	struct text text = text_in(ret, size);

	text_add(&text, "/dev/mapper/");
	text_add(&text, d->volumes.at[v].label);
}

// A volume that is not open is as good as closed.
static int close_one(const struct device *d, enum volume v)
{
	char path[64];
	cleanup_fd int fd = -1;
	int error;

	if (!d->volumes.at[v].label[0])
		return 0;
	volume_path(d, v, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fsync(fd))
		return -errno;
	close_fd(&fd);
	fd = -1;
	error = mapping_close(d->volumes.at[v].label);
	return error == -ENODEV ? 0 : error;
}

int volumes_close(struct provision *p, const struct device *d)
{
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		int error = close_one(d, v);

		if (error)
			return provision_refuse(p, PROVISION_VOLUME_BUSY, "%s: %s",
				d->volumes.at[v].label, strerror(-error));
	}
	return STATUS_GOOD;
}

// The keyring is that of this process and goes with it: a mapping that was made keeps its key.
static int load_key(struct provision *p, int directory, const struct layout *layout, unsigned int k)
{
	unsigned int size = layout->key[k].size;
	struct report_fault fault = { 0 };
	struct keypair pair;
	int32_t serial;

	if (keypair_read(directory, layout, k, &pair, &fault))
		return provision_refuse_fault(p, &fault);
	if (!keypair_is_whole(&pair, layout, k))
		return provision_refuse(p, PROVISION_KEY_INCOMPLETE, "key of %u bytes: %s", size,
			pair.fault[!pair.fault[0].error].error ? pair.fault[!pair.fault[0].error].detail :
			"blob and copy differ");
	return volume_key_load(layout, k, pair.blob[0], KEY_SPEC_PROCESS_KEYRING, &serial, &fault) ?
		provision_refuse_fault(p, &fault) : STATUS_GOOD;
}

static int load_keys(struct provision *p, const struct device *d, const struct layout *layout)
{
	int directory = -1, status = imx_mount(p, d, false, &directory), unmounted;

	if (status)
		return status;
	for (unsigned int k = 0; !status && k < layout->keys; k++)
		status = load_key(p, directory, layout, k);
	unmounted = imx_unmount(p, d, &directory);
	return status ? status : unmounted;
}

static int open_volumes(struct provision *p, const struct device *d, const struct layout *layout)
{
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		int error = mapping_open(layout, v, d->volumes.at[v].node, d->volumes.at[v].label);

		if (!error)
			continue;
		provision_refuse_error(p, BB_VOLUME_OPEN, "%s: %s", d->volumes.at[v].label,
			strerror(-error));
		return volumes_close(p, d), STATUS_REFUSED;
	}
	return STATUS_GOOD;
}

static void print_volumes(struct provision *p, const struct device *d)
{
	if (p->json.data)
		json_open(&p->json, "volumes", '[');
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		char path[64];

		volume_path(d, v, path, sizeof(path));
		if (p->json.data)
			json_string(&p->json, NULL, path);
		else
			puts(path);
	}
	if (p->json.data)
		json_close(&p->json, ']');
}

int volumes_main(int argc, char **argv)
{
	const struct layout *layout;
	bool only_close = false;
	const struct command_option options[] = { { "--close", &only_close, NULL }, { NULL, NULL, NULL } };
	struct provision p = { 0 };
	struct device d = { 0 };

	if (provision_begin(&p, argc, argv, options))
		return STATUS_USAGE;
	if (device_find_closed(&p, &d) || volumes_close(&p, &d) || only_close)
		return provision_answer(&p);
	layout = layout_for_new(p.config.key_source);
	if (!load_keys(&p, &d, layout) && !open_volumes(&p, &d, layout))
		print_volumes(&p, &d);
	return provision_answer(&p);
}
