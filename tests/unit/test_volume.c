// SPDX-License-Identifier: Apache-2.0
// Partition labels and sets: only the exact labels, each volume once, nothing else.

#include <string.h>

#include "error.h"
#include "test.h"
#include "volume.h"

static const char *const resin[] = { "balena-imx", "resin-boot", "resin-rootA", "resin-rootB",
	"resin-state", "resin-data" };
static const char *const balena[] = { "balena-imx", "balena-boot", "balena-rootA", "balena-rootB",
	"balena-state", "balena-data" };

static void volume_labels(void)
{
	static const char *const wrong[] = { "", "resin", "resin-", "balena-", "boot", "imx", "resin-imx",
		"Resin-boot", "resin-Boot", "resin-roota", "resin-rootC", "resin-root", "resin-rootAB",
		"resin-boot ", " resin-boot", "xresin-boot", "resin-bootx", "resin-boo", "resin_boot",
		"resin--boot", "resinboot", "balena-resin-boot", "resin-balena-boot", "balena-IMX",
		"flash-boot", "resin-\xc3\xa9", "resin-boot\n", "balena-imx2" };

	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		test_assert(volume_from_label(resin[v]) == v);
		test_assert(volume_from_label(balena[v]) == v);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct volume_set set = { 0 };

		test_case = wrong[i];
		test_assert(volume_from_label(wrong[i]) == VOLUME_COUNT);
		test_assert(volume_set_add(&set, wrong[i], "x") == BB_VOLUME_UNKNOWN);
	}
}

// Every one of the 64 sets of volumes, for both states of a device.
static void volume_every_set(void)
{
	for (unsigned int bits = 0; bits < 64; bits++) {
		struct volume_set set = { 0 };
		enum volume fault;

		for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
			if (bits & 1u << v)
				test_assert(!volume_set_add(&set, v % 2 ? resin[v] : balena[v], "vda1"));
		}
		test_assert(volume_set_check(&set, true, &fault) == (bits == 63 ? 0 : BB_VOLUME_MISSING));
		if (bits != 63)
			test_assert(!(bits & 1u << fault));
		test_assert(volume_set_check(&set, false, &fault) ==
			(bits == 62 ? 0 : bits & 1 ? BB_VOLUME_UNKNOWN : BB_VOLUME_MISSING));
		if (bits & 1)
			test_assert(fault == VOLUME_IMX);
		else if (bits != 62)
			test_assert(!(bits & 1u << fault));
	}
}

// The first one stays, whichever of the two names the second one has.
static void volume_twice(void)
{
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		struct volume_set set = { 0 };

		test_assert(!volume_set_add(&set, resin[v], "vda1"));
		test_assert(volume_set_add(&set, resin[v], "vda2") == BB_VOLUME_TWICE);
		test_assert(volume_set_add(&set, balena[v], "vda3") == BB_VOLUME_TWICE);
		test_assert(!strcmp(set.at[v].label, resin[v]) && !strcmp(set.at[v].node, "vda1"));
	}
}

static void volume_long_node(void)
{
	struct volume_set set = { 0 };
	char node[VOLUME_NODE_MAX + 1] = { 0 };

	memset(node, 'n', VOLUME_NODE_MAX);
	test_assert(volume_set_add(&set, "resin-boot", node) == BB_VOLUME_UNKNOWN);
	node[VOLUME_NODE_MAX - 1] = '\0';
	test_assert(!volume_set_add(&set, "resin-boot", node));
	test_assert(!strcmp(set.at[VOLUME_BOOT].node, node));
}

static void volume_names(void)
{
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++)
		test_assert(!strcmp(volume_name(v), balena[v] + strlen("balena-")));
	test_assert(volume_root(SLOT_A) == VOLUME_ROOT_A && volume_root(SLOT_B) == VOLUME_ROOT_B);
}

int main(void)
{
	test_run(volume_labels);
	test_run(volume_every_set);
	test_run(volume_twice);
	test_run(volume_long_node);
	test_run(volume_names);
	return test_result();
}
