// SPDX-License-Identifier: Apache-2.0
// Partition labels and the sets that they must form; see volume.h.

#include <string.h>

#include "error.h"
#include "text.h"
#include "volume.h"

static const char *const names[VOLUME_COUNT] = {
	[VOLUME_IMX] = "imx",
	[VOLUME_BOOT] = "boot",
	[VOLUME_ROOT_A] = "rootA",
	[VOLUME_ROOT_B] = "rootB",
	[VOLUME_STATE] = "state",
	[VOLUME_DATA] = "data",
};

const char *volume_name(enum volume volume)
{
	return names[volume];
}

enum volume volume_from_label(const char *label)
{
	static const char balena[] = "balena-", resin[] = "resin-";
	bool is_balena = !strncmp(label, balena, sizeof(balena) - 1);
	const char *name;

	if (!is_balena && strncmp(label, resin, sizeof(resin) - 1))
		return VOLUME_COUNT;
	name = label + (is_balena ? sizeof(balena) : sizeof(resin)) - 1;
	for (enum volume v = is_balena ? VOLUME_IMX : VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		if (!strcmp(names[v], name))
			return v;
	}
	return VOLUME_COUNT;
}

int volume_set_add(struct volume_set *set, const char *label, const char *node)
{
	enum volume volume = volume_from_label(label);

	if (volume == VOLUME_COUNT || strlen(node) >= VOLUME_NODE_MAX)
		return BB_VOLUME_UNKNOWN;
	if (set->at[volume].label[0])
		return BB_VOLUME_TWICE;
	text_copy(set->at[volume].label, label);
	text_copy(set->at[volume].node, node);
	return 0;
}

int volume_set_check(const struct volume_set *set, bool closed, enum volume *ret_fault)
{
	*ret_fault = VOLUME_IMX;
	if (!closed && set->at[VOLUME_IMX].label[0])
		return BB_VOLUME_UNKNOWN;
	for (enum volume v = closed ? VOLUME_IMX : VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		*ret_fault = v;
		if (!set->at[v].label[0])
			return BB_VOLUME_MISSING;
	}
	return 0;
}
