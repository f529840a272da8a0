// SPDX-License-Identifier: Apache-2.0
// The order in which slots and kernels are tried; see slot.h.

#include "slot.h"

static void add(struct slot_plan *plan, enum slot slot, const char *abi)
{
	if (abi[0])
		plan->candidate[plan->candidates++] = (struct slot_candidate){ slot, abi };
	plan->candidate[plan->candidates++] = (struct slot_candidate){ slot, "" };
}

void slot_decide(const struct bootenv *env, struct slot_plan *ret)
{
	struct slot_plan plan = { .why = "current" };
	enum slot other = slot_other(env->root);
	bool rollback;

	if (env->upgrade_available) {
		plan.count = true;
		plan.bootcount = env->bootcount + 1 < BOOTENV_COUNT_MAX ?
			env->bootcount + 1 : BOOTENV_COUNT_MAX;
		plan.why = "update";
	}
	rollback = plan.count && plan.bootcount >= SLOT_ROLLBACK_COUNT;
	if (rollback) {
		plan.why = "rollback";
		add(&plan, other, env->committed_abi[other]);
		add(&plan, env->root, env->override_abi);
	} else {
		add(&plan, env->root, env->override_abi);
		add(&plan, other, env->committed_abi[other]);
	}
	*ret = plan;
}
