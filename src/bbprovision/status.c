// SPDX-License-Identifier: Apache-2.0
// bbprovision status: where provisioning stands, from the fuses and the disk alone.

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "block.h"
#include "bytes.h"
#include "device.h"
#include "error.h"
#include "fuse-device.h"
#include "hab-status.h"
#include "imx.h"
#include "json.h"
#include "keypair.h"
#include "standing.h"
#include "system.h"

const char status_help[] =
	"usage: bbprovision status [--config FILE] [--json]\n"
	"\n"
	"Says what the fuses hold, which partitions the disk has, and whether the key blobs can be used;\n"
	"and with all that where provisioning stands:\n"
	"\n"
	"  srk-unprogrammed  the hash of the keys is not in the fuses, or only a part of it\n"
	"  srk-unlocked      it is, and can still be changed\n"
	"  unclosed          it is locked, and the device still starts everything\n"
	"  unsplit           the device is closed; the disk has not its partitions\n"
	"  unkeyed           it has; a key blob or its copy is missing or cannot be used\n"
	"  keyed             all of them are good: the volumes can be opened\n"
	"\n"
	"Changes nothing.\n";

struct keys {
	bool known;
	const struct layout *layout; /* whose blobs are there; that of new installations if none's are */
	bool whole; /* all its keys have both their blobs */
	struct keypair pair[LAYOUT_KEYS_MAX];
};

// On a configuration's copy: a volume that cannot be looked into is an answer, not a refusal.
static void read_keys(const struct provision *p, const struct device *d, struct keys *ret)
{
	struct provision inner = { .config = p->config };
	struct report_fault fault = { 0 };
	int directory;

	*ret = (struct keys){ .layout = layout_for_new(p->config.key_source) };
	if (imx_mount(&inner, d, false, &directory))
		return;
	keyblob_layout(directory, p->config.key_source, CONFIG_LAYOUT_EITHER, &ret->layout, &fault);
	ret->whole = true;
	for (unsigned int k = 0; k < ret->layout->keys; k++) {
		keypair_read(directory, ret->layout, k, &ret->pair[k], &fault);
		ret->whole &= keypair_is_whole(&ret->pair[k], ret->layout, k);
	}
	ret->known = !imx_unmount(&inner, d, &directory);
	ret->whole &= ret->known;
}

static void print_blob(struct provision *p, unsigned int size, bool copy,
	const struct report_fault *fault)
{
	const char *error = fault->error ? bb_error_name(fault->error) : NULL;
	char file[KEYBLOB_NAME_MAX];

	keyblob_name(size, copy, file);
	if (!p->json.data) {
		printf("%-18s %s\n", file, error ? error : "good");
		return;
	}
	json_open(&p->json, NULL, '{');
	json_string(&p->json, "file", file);
	json_string(&p->json, "error", error);
	json_close(&p->json, '}');
}

static void print_keys(struct provision *p, const struct keys *keys)
{
	const struct layout *layout = keys->layout;

	if (!keys->known) {
		if (p->json.data)
			json_null(&p->json, "keys");
		else
			printf("%-18s cannot be looked into\n", "balena-imx");
		return;
	}
	if (p->json.data) {
		json_number(&p->json, "layout", layout->number);
		json_open(&p->json, "keys", '[');
	} else {
		printf("%-18s %u\n", "layout", layout->number);
	}
	for (unsigned int k = 0; k < layout->keys; k++) {
		for (unsigned int copy = 0; copy < 2; copy++)
			print_blob(p, layout->key[k].size, copy, &keys->pair[k].fault[copy]);
	}
	if (p->json.data)
		json_close(&p->json, ']');
}

static void print_partitions_json(struct provision *p, const struct device *d)
{
	json_string(&p->json, "disk", d->disk);
	json_string(&p->json, "partitions_error", d->fault.error ? bb_error_name(d->fault.error) : NULL);
	json_open(&p->json, "partitions", '[');
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		uint64_t sectors = 0;
		char path[64];
		struct text text = TEXT_IN(path);

		if (!d->volumes.at[v].label[0])
			continue;
		text_add(&text, "/dev/");
		text_add(&text, d->volumes.at[v].node);
		block_sectors(d->volumes.at[v].node, &sectors);
		json_open(&p->json, NULL, '{');
		json_string(&p->json, "label", d->volumes.at[v].label);
		json_string(&p->json, "device", path);
		json_number(&p->json, "size", sectors * 512);
		json_close(&p->json, '}');
	}
	json_close(&p->json, ']');
}

void device_print(struct provision *p, const struct device *d)
{
	if (p->json.data) {
		print_partitions_json(p, d);
		return;
	}
	if (d->fault.error)
		printf("%-18s %s: %s\n", d->disk, bb_error_name(d->fault.error), d->fault.detail);
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		uint64_t sectors = 0;

		if (d->volumes.at[v].label[0] && !block_sectors(d->volumes.at[v].node, &sectors))
			printf("%-18s %s, %llu MiB\n", d->volumes.at[v].label, d->volumes.at[v].node,
				(unsigned long long)(sectors / 2048));
	}
}

static int read_fuses(struct provision *p, struct fuse_words *ret)
{
	struct fuse_device device = { .fd = -1 };
	const struct fuse_io io = { .context = &device, .read = fuse_device_read };
	struct fuse_outcome outcome = { 0 };
	int status = fuse_device_open(p, false, &device);

	if (status)
		return status;
	if (fuse_read_all(&io, ret, &outcome))
		status = provision_refuse(p, PROVISION_FUSES_UNREADABLE, "%s: offset 0x%x: %s",
			p->config.fuses, outcome.at.offset, strerror(-outcome.error));
	close(device.fd);
	return status;
}

static void print_revoked(struct provision *p, uint32_t revoked)
{
	if (p->json.data)
		json_open(&p->json, "revoked", '[');
	else
		printf("%-18s", "revoked slots");
	for (unsigned int slot = 0; slot < FUSE_SLOTS_REVOCABLE; slot++) {
		if (!(revoked & 1u << slot))
			continue;
		if (p->json.data)
			json_number(&p->json, NULL, slot);
		else
			printf(" %u", slot);
	}
	if (p->json.data)
		json_close(&p->json, ']');
	else
		puts(revoked ? "" : " none");
}

static void print_fuses(struct provision *p, const struct fuse_words *fuses)
{
	uint8_t hash[4 * FUSE_SRK_WORDS];
	char digits[2 * sizeof(hash) + 1];
	struct text hex = TEXT_IN(digits);
	bool closed = fuses->boot_cfg0 & FUSE_SEC_CONFIG_CLOSED, locked = fuses->lock & FUSE_LOCK_SRK;
	bool jtag_off = (fuses->boot_cfg0 & FUSE_JTAG_OFF) == FUSE_JTAG_OFF;

	for (size_t i = 0; i < FUSE_SRK_WORDS; i++)
		put_le32(hash + 4 * i, fuses->srk[i]);
	text_add_hex(&hex, hash, sizeof(hash));
	if (p->json.data) {
		json_bool(&p->json, "closed", closed);
		json_string(&p->json, "srk_hash", digits);
		json_bool(&p->json, "srk_locked", locked);
		json_bool(&p->json, "jtag_disabled", jtag_off);
	} else {
		printf("%-18s %s\n%-18s %s%s\n%-18s %s\n", "device", closed ? "closed" : "open", "SRK hash",
			digits, locked ? ", locked" : "", "JTAG", jtag_off ? "disabled" : "open");
	}
	print_revoked(p, fuses->revoked);
}

static void print_hab_status(struct provision *p)
{
	char line[4096], value[HAB_STATUS_SIZE];
	const char *wrong = read_line(AT_FDCWD, "/proc/cmdline", line, sizeof(line)) ? "not known" :
		hab_status_find(line, value);

	if (p->json.data)
		json_string(&p->json, "hab_status", wrong ? NULL : value);
	else
		printf("%-18s %s\n", "HAB status", wrong ? wrong : value);
}

static void tell(struct provision *p, const struct device *d, const struct fuse_words *fuses)
{
	bool split = !d->fault.error;
	struct keys keys = { 0 };
	const char *stands;

	print_fuses(p, fuses);
	print_hab_status(p);
	device_print(p, d);
	if (d->closed && split) {
		read_keys(p, d, &keys);
		print_keys(p, &keys);
	}
	stands = standing(fuses, split, keys.whole);
	if (p->json.data)
		json_string(&p->json, "stands", stands);
	else
		printf("%-18s %s\n", "stands", stands);
}

int status_main(int argc, char **argv)
{
	struct provision p = { 0 };
	struct device d = { 0 };
	struct fuse_words fuses = { 0 };

	if (provision_begin(&p, argc, argv, NULL))
		return STATUS_USAGE;
	if (!device_find(&p, &d) && !read_fuses(&p, &fuses))
		tell(&p, &d, &fuses);
	return provision_answer(&p);
}
