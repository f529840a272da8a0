// SPDX-License-Identifier: Apache-2.0
// bbprovision erase: what a closed device must have lost before it is installed anew.

#include <stdio.h>
#include <string.h>

#include "block.h"
#include "json.h"
#include "partition-plan.h"
#include "system.h"
#include "table.h"
#include "volumes.h"

const char erase_help[] =
	"usage: bbprovision erase [--config FILE] [--json]\n"
	"\n"
	"Only on a closed device. Overwrites all of balena-imx, and with the key blobs and their copies\n"
	"there the contents of the encrypted volumes are gone. Then the beginning of every other volume,\n"
	"then both partition tables; at last the disk is told that it may forget the rest, if it can be\n"
	"told so. What lies before the first partition, such as U-Boot, is left alone.\n"
	"A cut at any time leaves a disk on which erase can be run again.\n";

// As much as today's scripts overwrite of each partition: 16 MiB.
#define WIPED_SECTORS UINT64_C(32768)

static int wipe_volume(int fd, const struct device *d, enum volume v, uint64_t most)
{
	const char *node = d->volumes.at[v].node;
	uint64_t start, sectors;
	int error;

	if (!node[0])
		return 0;
	error = block_start(node, &start);
	if (!error)
		error = block_sectors(node, &sectors);
	if (!error)
		error = block_zero(fd, start, sectors < most ? sectors : most);
	return error ? error : block_sync(fd);
}

static int wipe(int fd, const struct device *d, uint64_t disk_sectors)
{
	int error = wipe_volume(fd, d, VOLUME_IMX, UINT64_MAX);

	for (enum volume v = VOLUME_BOOT; !error && v < VOLUME_COUNT; v++)
		error = wipe_volume(fd, d, v, WIPED_SECTORS);
	return error ? error : table_erase(fd, disk_sectors);
}

static int erase(struct provision *p, const struct device *d)
{
	cleanup_fd int fd = -1;
	uint64_t sectors = 0;
	const char *rest;
	int error = block_sectors(d->disk, &sectors);

	fd = block_open(d->disk);
	if (fd < 0)
		return provision_refuse(p, PROVISION_DISK_BUSY, "%s: %s", d->disk, strerror(-fd));
	if (!error)
		error = wipe(fd, d, sectors);
	if (error)
		return provision_refuse(p, PROVISION_DISK_WRITE, "%s: %s", d->disk, strerror(-error));
	rest = block_forget(fd, PARTITIONS_START, sectors > PARTITIONS_START ? sectors - PARTITIONS_START : 0);
	if (p->json.data)
		json_string(&p->json, "rest", rest);
	return STATUS_GOOD;
}

// A partition that should not be there, or is there twice, is no reason to keep the others.
int erase_main(int argc, char **argv)
{
	const char *config_file = NULL;
	bool as_json = false;
	const struct command_option options[] = { { "--json", &as_json, NULL },
		{ "--config", NULL, &config_file }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);
	struct provision p = { 0 };
	struct device d = { 0 };
	int status;

	if (count)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "takes no arguments");
	provision_begin(&p, as_json);
	status = device_find(&p, config_file, &d);
	if (!status && !d.closed)
		status = provision_refuse(&p, PROVISION_NOT_CLOSED, "%s", p.config.fuses);
	if (!status)
		status = volumes_close(&p, &d);
	if (!status)
		erase(&p, &d);
	return provision_answer(&p);
}
