// SPDX-License-Identifier: Apache-2.0
// bbctl explain: what the bootloader would do with a disk, step by step, with what it goes by.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "explain.h"
#include "json.h"
#include "judge.h"

const char explain_help[] =
	"usage: bbctl explain DISK [--closed|--open] [--config FILE] [--json]\n"
	"\n"
	"What the bootloader would do with a disk or with its image, step by step, and what it goes by:\n"
	"partitions, key blobs and their copies, boot state, which root and kernel it would try and in\n"
	"which order, and the report of the last boot that was given up. Where it would be given up,\n"
	"what to do. The decisions are made by the bootloader's own functions. The disk is opened for\n"
	"reading only; what encrypted volumes hold, fuses and the chip's answer cannot be seen here.\n"
	"\n"
	"  --closed, --open   the device's state, which its fuse decides; without it: closed if the\n"
	"                     disk has a balena-imx\n"
	"  --config FILE      the bootloader's configuration: key source, layouts of volumes it accepts;\n"
	"                     without it: either\n"
	"\n"
	"Exit status 1: the boot would be given up; the first reason counts.\n";

static void explain_device(struct explain *e, bool told)
{
	const struct verdict good = { .file = e->file };

	begin_step(e, "device", "the device's state, which decides whether volumes are encrypted");
	say(e, "%s, because %s", e->closed ? "closed" : "open", told ? "you said so" :
		e->closed ? "the disk has a balena-imx" : "the disk has no balena-imx");
	if (!told)
		say(e, "a device goes by its SEC_CONFIG fuse alone, which no disk shows; --%s tells the "
			"other way", e->closed ? "open" : "closed");
	end_step(e, &good);
}

static void say_partition(struct explain *e, const struct partition *at)
{
	enum volume volume = volume_from_label(at->label);
	const char *filesystem = filesystem_name(at->filesystem);

	say(e, "%zu \"%s\": %s, %llu bytes at %llu, %s%s%s%s", at->number, at->label,
		volume < VOLUME_COUNT ? volume_name(volume) : "no volume of ours",
		(unsigned long long)at->size, (unsigned long long)at->offset,
		filesystem ? filesystem : "nothing in plain: encrypted, or empty",
		filesystem ? " \"" : "", filesystem ? at->filesystem_label : "",
		filesystem ? "\"" : "");
}

static void explain_disk(struct explain *e)
{
	struct verdict verdict = { .file = e->file };

	begin_step(e, "disk", "the partitions, which must be exactly the expected ones");
	for (size_t i = 0; i < e->partitions.count; i++)
		say_partition(e, &e->partitions.at[i]);
	judge_partitions(&e->partitions, e->closed, &verdict);
	if (!verdict.error)
		say(e, "all volumes of %s device, each once", e->closed ? "a closed" : "an open");
	end_step(e, &verdict);
}

static void tell_result(const struct explain *e)
{
	const struct slot_candidate *first = &e->plan.candidate[0];

	if (e->verdict.error)
		printf("Result: the boot is given up: %s (%d).\n", bb_error_name(e->verdict.error),
			e->verdict.error);
	else
		printf("Result: as far as can be seen, the boot goes on to root %c%s%s.\n",
			slot_letter(first->slot), first->abi[0] ? " with kernel override " : "",
			first->abi);
}

static int explain(struct explain *e, bool told, bool as_json)
{
	if (as_json) {
		json_answer(&e->json, e->file);
		json_string(&e->json, "device", e->closed ? "closed" : "open");
		json_open(&e->json, "steps", '[');
	}
	explain_device(e, told);
	explain_disk(e);
	explain_key(e);
	explain_slot(e);
	explain_candidates(e);
	explain_report(e);
	if (as_json) {
		json_close(&e->json, ']');
		explain_plan(e);
		explain_kept(e);
	} else {
		tell_result(e);
	}
	explain_end(e);
	return answer(&e->verdict, &e->json);
}

int explain_main(int argc, char **argv)
{
	bool as_json = false, closed = false, open = false;
	const char *config = NULL;
	const struct command_option options[] = { { "--json", &as_json, NULL },
		{ "--closed", &closed, NULL }, { "--open", &open, NULL }, { "--config", NULL, &config },
		{ NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), error;
	struct config read;
	static struct explain e = { .accepted = CONFIG_LAYOUT_EITHER, .volume = { .fd = -1 } };

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one disk or image");
	if (closed && open)
		return fail_usage(argv[0], "--closed and --open exclude each other");
	if (config && read_config(config, &read))
		return STATUS_USAGE;
	if (config) {
		e.accepted = read.layout;
		e.key_source = read.key_source;
	}
	error = partitions_read(argv[1], &e.partitions);
	if (error)
		return fail_file(argv[1], "cannot be read: %s", strerror(-error));
	e.file = e.verdict.file = argv[1];
	e.closed = closed || (!open && find_partition(&e.partitions, VOLUME_IMX));
	return explain(&e, closed || open, as_json);
}
