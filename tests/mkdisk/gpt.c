// SPDX-License-Identifier: Apache-2.0
// The partition table, with fixed ids so that the same input makes the same image.
#include <libfdisk.h>
#include <string.h>

#include "mkdisk.h"

#define DISK_ID "D15C0000-B007-4000-8000-000000000001"
#define TYPE_LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
#define TYPE_BASIC_DATA "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"

static void check(int result, const char *what)
{
	if (result < 0)
		die("partition table: %s: %s", what, strerror(-result));
}

static void add_partition(
	struct fdisk_context *context, const struct partition *part, size_t number)
{
	const char *type = part->fs == FS_FAT ? TYPE_BASIC_DATA : TYPE_LINUX;
	struct fdisk_partition *entry = fdisk_new_partition();
	struct fdisk_parttype *parttype =
		fdisk_label_get_parttype_from_string(fdisk_get_label(context, NULL), type);

	if (!entry || !parttype)
		die("partition table: out of memory");
	check(fdisk_partition_set_partno(entry, number), "number");
	check(fdisk_partition_set_start(entry, part->start / SECTOR), "start");
	check(fdisk_partition_set_size(entry, part->size / SECTOR), "size");
	check(fdisk_partition_set_type(entry, parttype), "type");
	check(fdisk_partition_set_name(entry, part->label), "label");
	check(fdisk_partition_set_uuid(entry, part->part_uuid), "id");
	check(fdisk_add_partition(context, entry, NULL), part->name);
	fdisk_unref_parttype(parttype);
	fdisk_unref_partition(entry);
}

void gpt_write(const char *path, const struct disk *disk)
{
	struct fdisk_context *context = fdisk_new_context();

	if (!context)
		die("partition table: out of memory");
	check(fdisk_assign_device(context, path, 0), path);
	check(fdisk_create_disklabel(context, "gpt"), "new table");
	check(fdisk_set_disklabel_id_from_string(context, DISK_ID), "id of the disk");
	for (size_t i = 0; i < disk->count; i++)
		add_partition(context, &disk->part[i], i);
	check(fdisk_write_disklabel(context), "write");
	check(fdisk_deassign_device(context, 1), path);
	fdisk_unref_context(context);
}
