// SPDX-License-Identifier: Apache-2.0
// Writes GPTs through libfdisk; see table.h.

#include <errno.h>
#include <libfdisk/libfdisk.h>
#include <linux/fs.h>
#include <string.h>

#include "block.h"
#include "system.h"
#include "table.h"

// U-Boot's FAT, and Linux' data: UEFI specification 2.10, section 5.3.3; systemd's Discoverable
// Partitions Specification.
#define TYPE_FAT "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
#define TYPE_LINUX "0FC63DAF-8483-4772-8E79-3D69D8477DE4"

#define SECOND_TABLE_SECTORS 33

static int set_type(struct fdisk_context *context, struct fdisk_partition *partition,
	const char *guid)
{
	struct fdisk_parttype *type = fdisk_label_parse_parttype(fdisk_get_label(context, NULL), guid);
	int error = type ? fdisk_partition_set_type(partition, type) : -EINVAL;

	fdisk_unref_parttype(type);
	return error;
}

static int add_partition(struct fdisk_context *context, const struct partition_plan *plan,
	unsigned int i)
{
	struct fdisk_partition *partition = fdisk_new_partition();
	int error = partition ? fdisk_partition_set_partno(partition, i) : -ENOMEM;

	if (!error)
		error = fdisk_partition_set_start(partition, plan->at[i].start);
	if (!error)
		error = fdisk_partition_set_size(partition, plan->at[i].sectors);
	if (!error)
		error = fdisk_partition_set_name(partition, plan->at[i].label);
	if (!error)
		error = set_type(context, partition, i ? TYPE_LINUX : TYPE_FAT);
	if (!error)
		error = fdisk_add_partition(context, partition, NULL);
	fdisk_unref_partition(partition);
	return error;
}

// What it would ask a person has one answer: the plan is what is wanted.
static int answer_nothing(struct fdisk_context *context, struct fdisk_ask *ask, void *data)
{
	(void)context;
	(void)ask;
	(void)data;
	return -EINVAL;
}

static int write_table(struct fdisk_context *context, const struct partition_plan *plan)
{
	int error;

	fdisk_set_ask(context, answer_nothing, NULL);
	error = fdisk_create_disklabel(context, "gpt");
	for (unsigned int i = 0; !error && i < plan->count; i++)
		error = add_partition(context, plan, i);
	return error ? error : fdisk_write_disklabel(context);
}

int table_write(int fd, const char *name, const struct partition_plan *plan)
{
	struct fdisk_context *context = fdisk_new_context();
	int error = context ? fdisk_assign_device_by_fd(context, fd, name, 0) : -ENOMEM;

	if (!error)
		error = write_table(context, plan);
	fdisk_unref_context(context);
	if (!error)
		error = block_sync(fd);
	return error ? error : device_control(fd, BLKRRPART, NULL);
}

int table_erase(int fd, uint64_t disk_sectors)
{
	int error = block_zero(fd, 0, FIRST_TABLE_SECTORS);

	if (!error)
		error = block_sync(fd);
	if (!error)
		error = block_zero(fd, disk_sectors - SECOND_TABLE_SECTORS, SECOND_TABLE_SECTORS);
	if (!error)
		error = block_sync(fd);
	return error ? error : device_control(fd, BLKRRPART, NULL);
}
