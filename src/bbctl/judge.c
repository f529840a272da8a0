// SPDX-License-Identifier: Apache-2.0
// What init thinks of the partitions of a disk; see judge.h.

#include <string.h>

#include "error.h"
#include "judge.h"

// The set that init would see; the first fault counts.
static void collect(const struct partitions *p, struct volume_set *set, struct verdict *verdict)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *label = p->at[i].label;
		int error = volume_set_add(set, label, "");

		if (error && !verdict->error)
			refuse(verdict, error, "partition %zu, \"%s\"", p->at[i].number, label);
	}
}

static bool is_ext4_of(const struct partition *partition)
{
	return partition->filesystem == FILESYSTEM_EXT4 &&
		!strcmp(partition->filesystem_label, partition->label);
}

// What init finds when it opens a volume, as far as that shows from outside.
void judge_filesystem(const struct partition *partition, bool closed, struct verdict *verdict)
{
	enum volume volume = volume_from_label(partition->label);
	enum volume boot = closed ? VOLUME_IMX : VOLUME_BOOT;

	if (volume == boot && partition->filesystem != FILESYSTEM_FAT)
		refuse(verdict, BB_BOOT_MOUNT, "%s is not FAT", partition->label);
	else if (volume != boot && closed && partition->filesystem != FILESYSTEM_UNKNOWN)
		refuse(verdict, BB_VOLUME_FOREIGN, "%s is not encrypted", partition->label);
	else if (volume != boot && !closed && !is_ext4_of(partition))
		refuse(verdict, BB_VOLUME_FOREIGN, "%s is not ext4 with this label", partition->label);
}

void judge_partitions(const struct partitions *p, bool closed, struct verdict *verdict)
{
	struct volume_set set = { 0 };
	enum volume fault;
	int error;

	if (!p->has_table)
		refuse(verdict, BB_VOLUME_MISSING, "no partition table that the kernel reads (GPT)");
	else
		collect(p, &set, verdict);
	if (verdict->error)
		return;
	error = volume_set_check(&set, closed, &fault);
	if (error)
		refuse(verdict, error, "%s", volume_name(fault));
}

const struct partition *find_partition(const struct partitions *p, enum volume volume)
{
	for (size_t i = 0; i < p->count; i++) {
		if (volume_from_label(p->at[i].label) == volume)
			return &p->at[i];
	}
	return NULL;
}
