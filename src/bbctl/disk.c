// SPDX-License-Identifier: Apache-2.0
// bbctl disk: the partitions of a disk or an image, and whether init would take them.

#include <stdio.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "json.h"
#include "judge.h"

const char disk_help[] =
	"usage: bbctl disk FILE [--closed|--open] [--json]\n"
	"\n"
	"Lists the partitions of a disk or of its image, and judges them as the bootloader does: for a\n"
	"closed device (six volumes, five of them encrypted) and for an open one (five, all plain).\n"
	"It is refused when it is good for neither. What encrypted volumes hold cannot be seen here.\n"
	"The first LBA, in units of 512 bytes, is the IV offset of a volume in layout 2.\n"
	"\n"
	"  --closed, --open   refused unless it is good for a device in this state\n";

static void judge(const struct partitions *p, bool closed, struct verdict *verdict)
{
	judge_partitions(p, closed, verdict);
	for (size_t i = 0; i < p->count && !verdict->error; i++)
		judge_filesystem(&p->at[i], closed, verdict);
}

static void json_partitions(const struct partitions *p, struct text *json)
{
	json_open(json, "partitions", '[');
	for (size_t i = 0; i < p->count; i++) {
		const struct partition *at = &p->at[i];
		enum volume volume = volume_from_label(at->label);

		json_open(json, NULL, '{');
		json_number(json, "number", at->number);
		json_string(json, "label", at->label);
		json_string(json, "volume", volume < VOLUME_COUNT ? volume_name(volume) : NULL);
		json_number(json, "offset", at->offset);
		json_number(json, "first_lba", at->offset / 512);
		json_number(json, "size", at->size);
		json_string(json, "filesystem", filesystem_name(at->filesystem));
		json_string(json, "filesystem_label", at->filesystem_label);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void print_partitions(const struct partitions *p)
{
	printf("%-3s %-16s %14s %14s %11s  %s\n", "#", "label", "offset", "size", "first LBA",
		"filesystem");
	for (size_t i = 0; i < p->count; i++) {
		const struct partition *at = &p->at[i];
		const char *name = filesystem_name(at->filesystem);

		printf("%-3zu ", at->number);
		print_plain(at->label, strlen(at->label));
		printf("%*s %14llu %14llu %11llu  %s ",
			(int)(strlen(at->label) < 16 ? 16 - strlen(at->label) : 0), "",
			(unsigned long long)at->offset, (unsigned long long)at->size,
			(unsigned long long)at->offset / 512,
			name ? name : "none in plain: encrypted, or empty");
		print_plain(at->filesystem_label, strlen(at->filesystem_label));
		putchar('\n');
	}
}

static void tell_state(const char *state, const struct verdict *verdict, struct text *json)
{
	if (json->data) {
		json_open(json, state, '{');
		json_bool(json, "good", !verdict->error);
		json_string(json, "name", verdict->error ? bb_error_name(verdict->error) : NULL);
		json_string(json, "detail", verdict->error ? verdict->detail : NULL);
		json_close(json, '}');
	} else if (verdict->error) {
		printf("%s device: %s (%d): %s\n", state, bb_error_name(verdict->error),
			verdict->error, verdict->detail);
	} else {
		printf("%s device: good\n", state);
	}
}

enum wanted { EITHER, CLOSED, OPEN };

static int tell(const struct partitions *p, const char *file, enum wanted wanted, struct text *json)
{
	struct verdict closed = { .file = file }, open = { .file = file };

	if (!p->has_table) {
		judge_partitions(p, true, &closed);
		return answer(&closed, json);
	}
	judge(p, true, &closed);
	judge(p, false, &open);
	if (json->data)
		json_partitions(p, json);
	else
		print_partitions(p);
	tell_state("closed", &closed, json);
	tell_state("open", &open, json);
	if (wanted == EITHER)
		wanted = (closed.error && open.error ? find_partition(p, VOLUME_IMX) != NULL :
			!closed.error) ? CLOSED : OPEN;
	return answer(wanted == CLOSED ? &closed : &open, json);
}

int disk_main(int argc, char **argv)
{
	bool as_json = false, closed = false, open = false;
	const struct command_option options[] = { { "--json", &as_json, NULL },
		{ "--closed", &closed, NULL }, { "--open", &open, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), error;
	struct partitions partitions;
	struct text json = { .data = NULL };

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one disk or image");
	if (closed && open)
		return fail_usage(argv[0], "--closed and --open exclude each other");
	error = partitions_read(argv[1], &partitions);
	if (error)
		return fail_file(argv[1], "cannot be read: %s", strerror(-error));
	if (as_json)
		json_answer(&json, argv[1]);
	return tell(&partitions, argv[1], closed ? CLOSED : open ? OPEN : EITHER, &json);
}
