// SPDX-License-Identifier: Apache-2.0
// bbprovision key: makes the keys of a closed device and keeps their blobs, twice.

#include <string.h>

#include "block.h"
#include "error.h"
#include "imx.h"
#include "json.h"
#include "keypair.h"
#include "split.h"
#include "system.h"
#include "volume-key.h"

const char key_help[] =
	"usage: bbprovision key [--config FILE] [--json]\n"
	"\n"
	"Makes the keys of the encrypted volumes (layout 2: one for data, and one for the others, from\n"
	"the configuration's key source) and writes the blob of each to balena-imx, as balena_<size>.enc and as\n"
	"keyblob_<size>.copy; then reads them back from the disk and has them imported again. Only on a\n"
	"closed device: a key that was made before is lost by closing.\n"
	"\n"
	"Keys that are there are kept: a blob that is missing or damaged is made again from the other\n"
	"one. When neither can be used, a new key is made as long as nothing was written to a volume of\n"
	"that key (its first 64 KiB are zero, as bbprovision split leaves them), and refused after\n"
	"(key-lost).\n";

// 1 when something was written to a volume that has this key; 0; or a negative errno.
static int is_in_use(const struct device *d, const struct layout *layout, unsigned int k)
{
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		int zero;

		if (layout_key_of(layout, v) != k)
			continue;
		zero = block_begins_with_zeros(d->volumes.at[v].node, SPLIT_ZERO_SECTORS);
		if (zero != 1)
			return zero ? zero : 1;
	}
	return 0;
}

// A new key, or one of two, is only for volumes that hold nothing yet.
static int check_unused(struct provision *p, const struct device *d, const struct layout *layout,
	unsigned int k, const struct keypair *pair)
{
	int in_use = is_in_use(d, layout, k);

	if (in_use < 0)
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", d->disk, strerror(-in_use));
	if (in_use && pair->good[0])
		return provision_refuse(p, PROVISION_KEY_DIFFERS, "key of %u bytes", layout->key[k].size);
	if (in_use)
		return provision_refuse(p, PROVISION_KEY_LOST, "%s; %s", pair->fault[0].detail,
			pair->fault[1].detail);
	return STATUS_GOOD;
}

static int make_key(struct provision *p, const struct layout *layout, unsigned int k,
	struct keypair *pair)
{
	struct report_fault fault = { 0 };

	return volume_key_create(layout, k, pair->blob[0], &fault) ?
		provision_refuse_fault(p, &fault) : STATUS_GOOD;
}

// The good one of the two is never touched; of a new key the copy comes first.
static int write_pair(struct provision *p, const struct device *d, int directory,
	const struct layout *layout, unsigned int k, const struct keypair *pair, unsigned int from)
{
	const char *node = d->volumes.at[VOLUME_IMX].node;
	cleanup_fd int device = block_open_shared(node);
	int error = device < 0 ? device : 0;

	for (unsigned int copy = 2; !error && copy-- > 0;) {
		if (copy != from || !pair->good[copy])
			error = keypair_write(directory, device, layout, k, copy, pair->blob[from]);
	}
	return error ? provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", node, strerror(-error)) :
		STATUS_GOOD;
}

// One key: from the state in which its two files are to both of them whole, or refused.
static int complete_key(struct provision *p, const struct device *d, int directory,
	const struct layout *layout, unsigned int k)
{
	struct report_fault fault = { 0 };
	struct keypair pair;
	int status = STATUS_GOOD;
	unsigned int from;

	if (keypair_read(directory, layout, k, &pair, &fault))
		return provision_refuse_fault(p, &fault);
	if (keypair_is_whole(&pair, layout, k))
		return STATUS_GOOD;
	if (pair.good[0] == pair.good[1])
		status = check_unused(p, d, layout, k, &pair);
	if (!status && !pair.good[0] && !pair.good[1])
		status = make_key(p, layout, k, &pair);
	from = !pair.good[0] && pair.good[1];
	return status ? status : write_pair(p, d, directory, layout, k, &pair, from);
}

// Blobs of layout 1, or of no layout, are somebody's installation.
static int check_names(struct provision *p, int directory, const struct layout *layout)
{
	const struct layout *found = layout;
	struct report_fault fault = { 0 };
	int error = keyblob_layout(directory, p->config.key_source, p->config.layout, &found, &fault);

	if (error && error != BB_BLOB_MISSING)
		return provision_refuse_fault(p, &fault);
	if (found != layout || p->config.layout == CONFIG_LAYOUT_1)
		return provision_refuse_error(p, BB_LAYOUT, "new keys are of layout %u", layout->number);
	return STATUS_GOOD;
}

static int complete_keys(struct provision *p, const struct device *d, const struct layout *layout)
{
	int directory = -1, status = imx_mount(p, d, true, &directory), unmounted;

	if (status)
		return status;
	status = check_names(p, directory, layout);
	for (unsigned int k = 0; !status && k < layout->keys; k++)
		status = complete_key(p, d, directory, layout, k);
	unmounted = imx_unmount(p, d, &directory);
	return status ? status : unmounted;
}

static int check_keys(struct provision *p, const struct device *d, const struct layout *layout)
{
	int directory = -1, status = imx_mount(p, d, false, &directory), unmounted;

	for (unsigned int k = 0; !status && k < layout->keys; k++) {
		struct report_fault fault = { 0 };
		struct keypair pair;

		if (keypair_read(directory, layout, k, &pair, &fault))
			status = provision_refuse_fault(p, &fault);
		else if (!keypair_is_whole(&pair, layout, k))
			status = provision_refuse(p, PROVISION_KEY_READBACK, "key of %u bytes",
				layout->key[k].size);
	}
	if (directory < 0)
		return status;
	unmounted = imx_unmount(p, d, &directory);
	return status ? status : unmounted;
}

int key_main(int argc, char **argv)
{
	const struct layout *layout;
	struct provision p = { 0 };
	struct device d = { 0 };

	if (provision_begin(&p, argc, argv, NULL))
		return STATUS_USAGE;
	if (device_find_closed(&p, &d))
		return provision_answer(&p);
	layout = layout_for_new(p.config.key_source);
	if (!complete_keys(&p, &d, layout) && !check_keys(&p, &d, layout) && p.json.data)
		json_number(&p.json, "layout", layout->number);
	return provision_answer(&p);
}
