// SPDX-License-Identifier: Apache-2.0
// Names, meanings and remedies of the reasons; the table is in hab-reason.h.

#include "hab-reason.h"

static const struct {
	const char *name, *meaning, *remedy;
} reasons[HAB_REASON_COUNT] = {
	{ "accepted", "", "" },
#define HAB_REASON_ROW(constant, name, meaning, remedy) { name, meaning, remedy },
	HAB_REASON_TABLE(HAB_REASON_ROW)
#undef HAB_REASON_ROW
};

const char *hab_reason_name(enum hab_reason reason)
{
	return reasons[reason].name;
}

const char *hab_reason_meaning(enum hab_reason reason)
{
	return reasons[reason].meaning;
}

const char *hab_reason_remedy(enum hab_reason reason)
{
	return reasons[reason].remedy;
}
