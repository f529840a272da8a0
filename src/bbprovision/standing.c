// SPDX-License-Identifier: Apache-2.0
// Names where provisioning stands; see standing.h.

#include "standing.h"

// A hash with a word of zeros has not been burnt to its end: no digest has one, in practice.
static bool is_programmed(const struct fuse_words *fuses)
{
	for (unsigned int i = 0; i < FUSE_SRK_WORDS; i++) {
		if (!fuses->srk[i])
			return false;
	}
	return true;
}

const char *standing(const struct fuse_words *fuses, bool is_split, bool is_keyed)
{
	const bool closed = fuses->boot_cfg0 & FUSE_SEC_CONFIG_CLOSED;
	const struct {
		bool reached;
		const char *name; // when it is not
	} steps[] = {
		{ closed || is_programmed(fuses), "srk-unprogrammed" },
		{ closed || fuses->lock & FUSE_LOCK_SRK, "srk-unlocked" },
		{ closed, "unclosed" },
		{ is_split, "unsplit" },
		{ is_keyed, "unkeyed" },
	};

	for (unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i].reached)
			return steps[i].name;
	}
	return "keyed";
}
