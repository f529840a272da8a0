// SPDX-License-Identifier: Apache-2.0
// Every boot state with every outcome of its candidates: what is tried in one boot, and in which order.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

static unsigned long violations;

static void expect(bool condition, const char *what, const char *lines)
{
	if (condition)
		return;
	if (!violations++)
		printf("# fallback: %s with %s\n", what, lines);
}

// The file as it must be afterwards: only the count may differ.
static void expect_state(const struct fat *v, const char *lines, const struct slot_plan *plan)
{
	char expected[256];
	const char *count = strstr(lines, "bootcount=");

	snprintf(expected, sizeof(expected), "# GRUB Environment Block\n%.*sbootcount=%u%s", (int)(count - lines),
		lines, plan->count ? plan->bootcount : (unsigned int)atoi(count + 10), strchr(count, '\n'));
	expect(os_starts_with(v, FILE_BOOTENV, expected), "another state than before", lines);
}

// Bit n of `loads`: candidate n can be loaded.
static void try_one(const struct geometry *geometry, const char *lines, unsigned int loads)
{
	static struct fat v;
	static struct boot_result result;
	const struct slot_plan *plan = &result.boot.plan;
	bool tried[2] = { false, false };
	struct fat_image image;

	fat_format(&image, geometry);
	fat_mount(&v, geometry, &image);
	fat_remount(&v, true);
	os_install(&v, FILE_BOOTENV, lines, 1024);
	fat_remount(&v, false);
	sim_boot_loading(&v, loads, &result);
	expect(plan->candidates >= 2 && plan->candidates <= SLOT_CANDIDATES_MAX, "number of candidates", lines);
	for (unsigned int i = 0; i < plan->candidates; i++) {
		const struct slot_candidate *c = &plan->candidate[i];

		for (unsigned int j = 0; j < i; j++)
			expect(plan->candidate[j].slot != c->slot || strcmp(plan->candidate[j].abi, c->abi),
				"a candidate stands there twice", lines);
		if (c->abi[0])
			expect(i + 1 < plan->candidates && plan->candidate[i + 1].slot == c->slot &&
				!plan->candidate[i + 1].abi[0], "an override without its slot's kernel", lines);
		tried[c->slot] = true;
	}
	expect(tried[SLOT_A] && tried[SLOT_B], "a slot is left out", lines);
	expect((result.up < 0) == !(loads & ((1u << plan->candidates) - 1)), "a candidate is not tried", lines);
	expect_state(&v, lines, plan);
}

unsigned long try_fallbacks(const struct geometry *geometry, unsigned long *ret_boots)
{
	static const unsigned int counts[] = { 0, 1, 2, 3, 4, 97, 98, 99 };
	char lines[200];

	*ret_boots = 0;
	for (unsigned int bits = 0; bits < 32 * 8 * 16; bits++) {
		snprintf(lines, sizeof(lines), "resin_root_part=%s\nupgrade_available=%s\nbootcount=%u\n"
			"kernel_override_abi=%s\nkernel_override_abi_committed_A=%s\n"
			"kernel_override_abi_committed_B=%s\n", bits & 1 ? "B" : "A", bits & 2 ? "1" : "0",
			counts[bits >> 5 & 7], bits & 4 ? "o" : "", bits & 8 ? "a" : "", bits & 16 ? "b" : "");
		try_one(geometry, lines, bits >> 8);
		++*ret_boots;
	}
	return violations;
}
