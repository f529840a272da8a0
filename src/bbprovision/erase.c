// SPDX-License-Identifier: Apache-2.0
// bbprovision erase: what a closed device must have lost before it is installed anew.

#include <string.h>

#include "block.h"
#include "partition-plan.h"
#include "system.h"
#include "table.h"
#include "volumes.h"

const char erase_help[] =
	"usage: bbprovision erase [--config FILE] [--json]\n"
	"\n"
	"Only on a closed device. Overwrites the whole disk with zeros: balena-imx first, and with the\n"
	"key blobs and their copies there the contents of the encrypted volumes are gone; then the rest,\n"
	"which may be plain data of the time before the device was closed; both partition tables last.\n"
	"What lies before the first volume, such as U-Boot, is left alone. A disk that does not zero\n"
	"by itself takes as long as writing all of it.\n"
	"A cut at any time leaves a disk on which erase can be run again.\n";

static int zero(int fd, uint64_t sector, uint64_t sectors)
{
	int error = block_zero(fd, sector, sectors);

	return error ? error : block_sync(fd);
}

static int zero_imx(int fd, const struct device *d)
{
	const char *node = d->volumes.at[VOLUME_IMX].node;
	uint64_t start, sectors;
	int error;

	if (!node[0])
		return 0;
	error = block_start(node, &start);
	if (!error)
		error = block_sectors(node, &sectors);
	return error ? error : zero(fd, start, sectors);
}

// Where a system of before may have had its first partition; in front of it is what starts the chip. Not in the
// table, whatever that says: it is the last to go.
static int first_sector(const struct device *d, uint64_t *ret)
{
	int error = 0;

	*ret = PARTITIONS_START;
	for (enum volume v = 0; !error && v < VOLUME_COUNT; v++) {
		uint64_t start = *ret;

		if (d->volumes.at[v].node[0])
			error = block_start(d->volumes.at[v].node, &start);
		if (start >= FIRST_TABLE_SECTORS && start < *ret)
			*ret = start;
	}
	return error;
}

// The tables last: as long as they are there, a disk that was cut is not taken for an empty one.
static int wipe(int fd, const struct device *d, uint64_t disk_sectors)
{
	uint64_t first = 0;
	int error = zero_imx(fd, d);

	if (!error)
		error = first_sector(d, &first);
	if (!error && disk_sectors > first)
		error = zero(fd, first, disk_sectors - first);
	return error ? error : table_erase(fd, disk_sectors);
}

static int erase(struct provision *p, const struct device *d)
{
	cleanup_fd int fd = block_open(d->disk);
	uint64_t sectors = 0;
	int error;

	if (fd < 0)
		return provision_refuse(p, PROVISION_DISK_BUSY, "%s: %s", d->disk, strerror(-fd));
	error = block_sectors(d->disk, &sectors);
	if (!error)
		error = wipe(fd, d, sectors);
	return error ? provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", d->disk, strerror(-error)) :
		STATUS_GOOD;
}

// A partition that should not be there, or is there twice, is no reason to keep the others.
int erase_main(int argc, char **argv)
{
	struct provision p = { 0 };
	struct device d = { 0 };

	if (provision_begin(&p, argc, argv, NULL))
		return STATUS_USAGE;
	if (!device_find(&p, &d) && !d.closed)
		provision_refuse(&p, PROVISION_NOT_CLOSED, "%s", p.config.fuses);
	if (!p.reason && !volumes_close(&p, &d))
		erase(&p, &d);
	return provision_answer(&p);
}
