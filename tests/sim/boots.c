// SPDX-License-Identifier: Apache-2.0
// One boot: the product's slot stage, and what a story says of the kernels.

#include <string.h>

#include "mounts.h"
#include "sim.h"

// init/main.c has these; a warning has no effect on what is done.
void boot_warn(struct boot *b, const char *text, const char *object)
{
	(void)b;
	(void)text;
	(void)object;
}

int boot_fail(struct boot *b, int error, const char *object, int reason)
{
	(void)b;
	(void)object;
	(void)reason;
	return error;
}

static enum outcome outcome_of(const struct world *world, const struct slot_candidate *candidate)
{
	if (candidate->abi[0] && world->bad_override && !strcmp(candidate->abi, world->bad_override))
		return world->override;
	return world->slot[candidate->slot];
}

static void run_slot_stage(struct fat *v, struct boot_result *ret)
{
	struct boot *b = &ret->boot;

	sim_fat = v;
	memset(b, 0, sizeof(*b));
	b->boot_dir = SIM_DIRECTORY;
	b->closed = true;
	slot_stage(b);
	ret->written = v->written;
	ret->up = -1;
}

void sim_boot(struct fat *v, const struct world *world, struct boot_result *ret)
{
	const struct slot_plan *plan = &ret->boot.plan;

	run_slot_stage(v, ret);
	for (unsigned int i = 0; i < plan->candidates; i++) {
		enum outcome outcome = outcome_of(world, &plan->candidate[i]);

		if (outcome == NOT_LOADED)
			continue;
		ret->up = outcome == COMES_UP ? (int)plan->candidate[i].slot : -1;
		return;
	}
}

void sim_boot_loading(struct fat *v, unsigned int loads, struct boot_result *ret)
{
	const struct slot_plan *plan = &ret->boot.plan;

	run_slot_stage(v, ret);
	for (unsigned int i = 0; i < plan->candidates && ret->up < 0; i++) {
		if (loads & 1u << i)
			ret->up = (int)plan->candidate[i].slot;
	}
}
