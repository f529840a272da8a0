// SPDX-License-Identifier: Apache-2.0
// The decision, for every value of the state: 2 slots, update or not, each count, each override.

#include <string.h>

#include "slot.h"
#include "test.h"

static bool has(const struct slot_plan *plan, enum slot slot, const char *abi)
{
	for (unsigned int i = 0; i < plan->candidates; i++) {
		if (plan->candidate[i].slot == slot && !strcmp(plan->candidate[i].abi, abi))
			return true;
	}
	return false;
}

// What holds for every plan, in the words of slot.h and of the boot state's contract.
static void check_plan(const struct bootenv *env, const struct slot_plan *plan)
{
	bool rollback = env->upgrade_available && env->bootcount + 1 >= 3;
	enum slot first = rollback ? slot_other(env->root) : env->root;
	const char *first_abi = rollback ? env->committed_abi[first] : env->override_abi;

	test_assert(plan->count == env->upgrade_available);
	test_assert(plan->bootcount <= 99);
	if (plan->count)
		test_assert(plan->bootcount == (env->bootcount >= 99 ? 99 : env->bootcount + 1));
	test_assert(!strcmp(plan->why, rollback ? "rollback" : plan->count ? "update" : "current"));

	// Both slots are there with their own kernels; an override stands before the kernel of its slot.
	test_assert(plan->candidates >= 2 && plan->candidates <= SLOT_CANDIDATES_MAX);
	test_assert(plan->candidate[0].slot == first);
	test_assert(!strcmp(plan->candidate[0].abi, first_abi));
	test_assert(has(plan, SLOT_A, "") && has(plan, SLOT_B, ""));
	test_assert(plan->candidate[plan->candidates - 1].slot == slot_other(first));
	test_assert(!plan->candidate[plan->candidates - 1].abi[0]);
	for (unsigned int i = 0; i < plan->candidates; i++) {
		const struct slot_candidate *c = &plan->candidate[i];

		if (c->abi[0])
			test_assert(plan->candidate[i + 1].slot == c->slot && !plan->candidate[i + 1].abi[0]);
		for (unsigned int j = 0; j < i; j++)
			test_assert(plan->candidate[j].slot != c->slot ||
				strcmp(plan->candidate[j].abi, c->abi));
	}
	// No override is tried for a slot that it does not belong to.
	test_assert(!env->override_abi[0] || has(plan, env->root, env->override_abi));
	test_assert(!has(plan, slot_other(env->root), "override"));
}

static void slot_every_state(void)
{
	for (unsigned int bits = 0; bits < 32; bits++) {
		for (unsigned int count = 0; count <= BOOTENV_COUNT_MAX; count++) {
			struct bootenv env = {
				.root = bits & 1 ? SLOT_B : SLOT_A,
				.upgrade_available = bits & 2,
				.bootcount = count,
			};
			struct slot_plan plan;

			if (bits & 4)
				strcpy(env.override_abi, "override");
			if (bits & 8)
				strcpy(env.committed_abi[SLOT_A], "committed-A");
			if (bits & 16)
				strcpy(env.committed_abi[SLOT_B], "committed-B");
			slot_decide(&env, &plan);
			check_plan(&env, &plan);
			if (test_failed)
				return;
		}
	}
}

// Two failed attempts of an update, and the third boot goes back.
static void slot_third_boot_goes_back(void)
{
	struct bootenv env = { .root = SLOT_B, .upgrade_available = true };
	struct slot_plan plan;

	for (unsigned int boot = 1; boot <= 120; boot++) {
		slot_decide(&env, &plan);
		test_assert(plan.candidate[0].slot == (boot < 3 ? SLOT_B : SLOT_A));
		test_assert(plan.bootcount == (boot < 99 ? boot : 99));
		env.bootcount = plan.bootcount;
	}
}

static void slot_count_without_update_is_ignored(void)
{
	struct bootenv env = { .root = SLOT_B, .bootcount = 99 };
	struct slot_plan plan;

	slot_decide(&env, &plan);
	test_assert(!plan.count && plan.candidate[0].slot == SLOT_B);
}

int main(void)
{
	test_run(slot_every_state);
	test_run(slot_third_boot_goes_back);
	test_run(slot_count_without_update_is_ignored);
	return test_result();
}
