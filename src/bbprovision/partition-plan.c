// SPDX-License-Identifier: Apache-2.0
// Lays out a disk; see partition-plan.h.

#include <errno.h>
#include <string.h>

#include "partition-plan.h"
#include "text.h"

#define MIB_SECTORS UINT64_C(2048)
#define ALIGNMENT (4 * MIB_SECTORS)

// Behind the last partition there is room for the second table.
#define LAST_SECTORS 33

// In MiB; data takes what is left, but not less than this.
static const uint32_t usual[VOLUME_COUNT] = {
	[VOLUME_IMX] = 40,
	[VOLUME_BOOT] = 40,
	[VOLUME_STATE] = 20,
	[VOLUME_DATA] = 32,
};

// In MiB. A root takes a quarter of the disk, but not more than this.
#define ROOT_MOST 1024

int partition_sizes_add(struct partition_sizes *sizes, const char *text)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : 0;
	uint32_t mib;

	if (!equals || text_parse_number(equals + 1, UINT32_MAX, &mib) || !mib)
		return -EINVAL;
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		const char *name = volume_name(v);

		if (strlen(name) != length || memcmp(name, text, length) != 0)
			continue;
		if (sizes->mib[v])
			return -EINVAL;
		sizes->mib[v] = mib;
		return 0;
	}
	return -EINVAL;
}

static uint64_t align(uint64_t sector)
{
	return (sector + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

// balena-imx has one name only; what balenaOS calls the others still begins with its old name.
static void set_label(enum volume volume, char *ret, size_t size)
{
	struct text text = text_in(ret, size);

	text_add(&text, volume == VOLUME_IMX ? "balena-" : "resin-");
	text_add(&text, volume_name(volume));
}

static uint64_t size_of(const struct partition_sizes *sizes, enum volume volume,
	uint64_t disk_sectors)
{
	uint64_t quarter = disk_sectors / 4 / ALIGNMENT * ALIGNMENT;

	if (sizes->mib[volume])
		return sizes->mib[volume] * MIB_SECTORS;
	if (usual[volume])
		return usual[volume] * MIB_SECTORS;
	return quarter < ROOT_MOST * MIB_SECTORS ? quarter : ROOT_MOST * MIB_SECTORS;
}

// No sum overflows: six sizes of 32 bits in MiB make less than 2^46 sectors.
int partition_plan(bool closed, const struct partition_sizes *sizes, uint64_t disk_sectors,
	struct partition_plan *ret)
{
	uint64_t at = PARTITIONS_START, end = disk_sectors - LAST_SECTORS;

	if (disk_sectors < PARTITIONS_START)
		return -ENOSPC;
	*ret = (struct partition_plan){ 0 };
	for (enum volume v = closed ? VOLUME_IMX : VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		uint64_t sectors = size_of(sizes, v, disk_sectors);

		if (at + sectors > end)
			return -ENOSPC;
		if (v == VOLUME_DATA && !sizes->mib[v])
			sectors = (end - at) / ALIGNMENT * ALIGNMENT;
		ret->at[ret->count].volume = v;
		ret->at[ret->count].start = at;
		ret->at[ret->count].sectors = sectors;
		set_label(v, ret->at[ret->count].label, sizeof(ret->at[ret->count].label));
		ret->count++;
		at = align(at + sectors);
	}
	return 0;
}
