// SPDX-License-Identifier: Apache-2.0
// The partitions of a new installation, and where provisioning stands.

#include <errno.h>
#include <string.h>

#include "../../src/bbprovision/partition-plan.h"
#include "../../src/bbprovision/reason.h"
#include "../../src/bbprovision/standing.h"
#include "test.h"

#define MIB UINT64_C(2048)

// What must hold of every plan: in order, on boundaries, apart, before the second table.
static bool is_sound(const struct partition_plan *plan, uint64_t disk)
{
	uint64_t end = 8 * MIB;

	for (unsigned int i = 0; i < plan->count; i++) {
		if (plan->at[i].start < end || plan->at[i].start % (4 * MIB) || !plan->at[i].sectors ||
		    volume_from_label(plan->at[i].label) != plan->at[i].volume)
			return false;
		end = plan->at[i].start + plan->at[i].sectors;
	}
	return end <= disk - 33;
}

static void every_size_of_disk(void)
{
	const struct partition_sizes usual = { 0 };
	struct partition_plan plan;
	unsigned int fit = 0;

	for (uint64_t disk = 0; disk < 20000 * MIB; disk += disk < 400 * MIB ? 1021 : 77777) {
		for (unsigned int closed = 0; closed < 2; closed++) {
			int error = partition_plan(closed, &usual, disk, &plan);

			test_assert(!error || (error == -ENOSPC && disk < 300 * MIB));
			test_assert(error || (plan.count == 5 + closed && is_sound(&plan, disk)));
			fit += !error;
		}
	}
	test_assert(fit > 1000);
}

static void usual_sizes(void)
{
	const struct partition_sizes usual = { 0 };
	struct partition_plan plan;

	test_assert(!partition_plan(true, &usual, 7456 * MIB, &plan));
	test_assert(!strcmp(plan.at[0].label, "balena-imx") && plan.at[0].start == 8 * MIB);
	test_assert(plan.at[0].sectors == 40 * MIB && plan.at[1].sectors == 40 * MIB);
	test_assert(plan.at[2].sectors == 1024 * MIB && plan.at[3].sectors == 1024 * MIB);
	test_assert(plan.at[4].sectors == 20 * MIB && plan.at[5].sectors == (7456 - 2156 - 4) * MIB);
	test_assert(!partition_plan(false, &usual, 7456 * MIB, &plan));
	test_assert(!strcmp(plan.at[0].label, "resin-boot") && plan.at[0].start == 8 * MIB);
}

static void given_sizes(void)
{
	static const char *const wrong[] = {
		"", "=", "data", "data=", "data=0", "data=-1", "data=1G", "data= 1", "Data=1", "dat=1", "imx=7",
		"data=4294967296", "resin-data=1",
	};
	struct partition_sizes sizes = { 0 };
	struct partition_plan plan;

	test_assert(!partition_sizes_add(&sizes, "imx=5") && !partition_sizes_add(&sizes, "data=33"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		test_case = wrong[i];
		test_assert(partition_sizes_add(&sizes, wrong[i]) == -EINVAL);
	}
	test_assert(!partition_plan(true, &sizes, 1000 * MIB, &plan) && is_sound(&plan, 1000 * MIB));
	test_assert(plan.at[0].sectors == 5 * MIB && plan.at[5].sectors == 33 * MIB);
	test_assert(plan.at[1].start == 16 * MIB);
}

static void largest_sizes(void)
{
	struct partition_sizes sizes = { 0 };
	struct partition_plan plan;

	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++)
		sizes.mib[v] = UINT32_MAX;
	test_assert(partition_plan(true, &sizes, 7456 * MIB, &plan) == -ENOSPC);
	test_assert(!partition_plan(true, &sizes, UINT64_MAX, &plan) && is_sound(&plan, UINT64_MAX));
}

static void standings(void)
{
	struct fuse_words fuses = { 0 };

	test_assert(!strcmp(standing(&fuses, false, false), "srk-unprogrammed"));
	memset(fuses.srk, 0xa5, sizeof(fuses.srk));
	fuses.srk[7] = 0;
	test_assert(!strcmp(standing(&fuses, false, false), "srk-unprogrammed"));
	fuses.srk[7] = 1;
	test_assert(!strcmp(standing(&fuses, false, false), "srk-unlocked"));
	fuses.lock = FUSE_LOCK_SRK;
	test_assert(!strcmp(standing(&fuses, true, true), "unclosed"));
	fuses.boot_cfg0 = FUSE_SEC_CONFIG_CLOSED;
	test_assert(!strcmp(standing(&fuses, false, false), "unsplit"));
	test_assert(!strcmp(standing(&fuses, true, false), "unkeyed"));
	test_assert(!strcmp(standing(&fuses, true, true), "keyed"));
	// Closed by somebody else's means: what is left to do is on the disk.
	fuses = (struct fuse_words){ .boot_cfg0 = FUSE_SEC_CONFIG_CLOSED };
	test_assert(!strcmp(standing(&fuses, false, false), "unsplit"));
}

static void reasons(void)
{
	test_assert(!provision_reason_name(PROVISION_NONE));
	test_assert(!strcmp(provision_reason_name(PROVISION_KEY_LOST), "key-lost"));
}

int main(void)
{
	test_run(every_size_of_disk);
	test_run(usual_sizes);
	test_run(given_sizes);
	test_run(largest_sizes);
	test_run(standings);
	test_run(reasons);
	return test_result();
}
