// SPDX-License-Identifier: Apache-2.0
// bbprovision split: gives the disk the partitions of a device in its state.

#include <string.h>

#include "block.h"
#include "device.h"
#include "disk.h"
#include "error.h"
#include "split.h"
#include "system.h"
#include "table.h"

const char split_help[] =
	"usage: bbprovision split [--size NAME=MIB]... [--config FILE] [--json]\n"
	"\n"
	"Gives the disk its partitions: balena-imx, resin-boot, resin-rootA, resin-rootB, resin-state\n"
	"and resin-data when the device is closed; the same without balena-imx when it is open. Where\n"
	"they are there already, as wanted, nothing is done. On a closed device a disk that is\n"
	"partitioned otherwise and has a balena-imx is refused (disk-provisioned): its keys are on it,\n"
	"and bbprovision erase comes first. The beginning of every new partition is overwritten.\n"
	"\n"
	"  --size NAME=MIB  for imx, boot, rootA, rootB, state or data. Usually 40 for imx and boot, 20\n"
	"                   for state, a quarter of the disk but at most 1024 for each root; data has\n"
	"                   what is left\n";

static bool is_as_planned(const struct device *d, const struct partition_plan *plan)
{
	if (d->fault.error)
		return false;
	for (unsigned int i = 0; i < plan->count; i++) {
		enum volume v = plan->at[i].volume;
		const char *node = d->volumes.at[v].node;
		uint64_t start, sectors;

		if (strcmp(d->volumes.at[v].label, plan->at[i].label) ||
		    block_start(node, &start) || block_sectors(node, &sectors) ||
		    start != plan->at[i].start || sectors != plan->at[i].sectors)
			return false;
	}
	return true;
}

/*
 * What was there is not read by anything that makes the new table. The beginnings are zero before
 * there is a partition: so what stands there later was written since (key.c goes by that), and
 * nothing of an older system is found in the new volumes.
 */
static int write_disk(int fd, const char *disk, uint64_t sectors, const struct partition_plan *plan)
{
	int error = table_erase(fd, sectors);

	for (unsigned int i = 0; !error && i < plan->count; i++)
		error = block_zero(fd, plan->at[i].start, SPLIT_ZERO_SECTORS);
	if (!error)
		error = block_sync(fd);
	return error ? error : table_write(fd, disk, plan);
}

static int split(struct provision *p, struct device *d, uint64_t sectors,
	const struct partition_plan *plan)
{
	cleanup_fd int fd = -1;
	int error;

	if (is_as_planned(d, plan))
		return STATUS_GOOD;
	if (d->closed && d->volumes.at[VOLUME_IMX].label[0])
		return provision_refuse(p, PROVISION_DISK_PROVISIONED, "%s: %s is there, in another layout",
			d->disk, d->volumes.at[VOLUME_IMX].label);
	fd = block_open(d->disk);
	if (fd < 0)
		return provision_refuse(p, PROVISION_DISK_BUSY, "%s: %s", d->disk, strerror(-fd));
	error = write_disk(fd, d->disk, sectors, plan);
	if (error)
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", d->disk, strerror(-error));
	device_read_volumes(d);
	if (!is_as_planned(d, plan))
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: the kernel does not see the new partitions",
			d->disk);
	return STATUS_GOOD;
}

static int split_disk(struct provision *p, const struct partition_sizes *sizes)
{
	struct device d = { 0 };
	struct partition_plan plan;
	uint64_t sectors = 0, sector_size = 0;
	int status = device_find(p, &d);

	if (status)
		return status;
	if (block_sector_size(d.disk, &sector_size) || sector_size != 512)
		return provision_refuse(p, PROVISION_DISK_SECTORS, "%s: sectors of %llu bytes", d.disk,
			(unsigned long long)sector_size);
	if (block_sectors(d.disk, &sectors) || partition_plan(d.closed, sizes, sectors, &plan))
		return provision_refuse(p, PROVISION_DISK_SMALL, "%s: %llu MiB", d.disk,
			(unsigned long long)(sectors / 2048));
	status = split(p, &d, sectors, &plan);
	if (!status)
		device_print(p, &d);
	return status;
}

// --size stands any number of times, which the table of options has no way to say.
static int take_sizes(int argc, char **argv, struct partition_sizes *ret, int *ret_argc)
{
	int left = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--size")) {
			argv[left++] = argv[i];
		} else if (i + 1 == argc || partition_sizes_add(ret, argv[i + 1])) {
			return fail_usage(argv[0], "--size needs NAME=MIB, once a name");
		} else {
			i++;
		}
	}
	*ret_argc = left;
	return 0;
}

int split_main(int argc, char **argv)
{
	struct partition_sizes sizes = { 0 };
	struct provision p = { 0 };

	if (take_sizes(argc, argv, &sizes, &argc) || provision_begin(&p, argc, argv, NULL))
		return STATUS_USAGE;
	split_disk(&p, &sizes);
	return provision_answer(&p);
}
