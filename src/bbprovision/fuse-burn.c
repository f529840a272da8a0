// SPDX-License-Identifier: Apache-2.0
// Burns fuses; see fuse-burn.h.

#include "fuse-burn.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const uint32_t offsets[] = { FUSE_LOCK, FUSE_BOOT_CFG0, FUSE_SRK, FUSE_SRK + 4, FUSE_SRK + 8,
	FUSE_SRK + 12, FUSE_SRK + 16, FUSE_SRK + 20, FUSE_SRK + 24, FUSE_SRK + 28,
	FUSE_SRK_REVOKE };

enum provision_reason fuse_read_all(
	const struct fuse_io *io, struct fuse_words *ret, struct fuse_outcome *ret_outcome)
{
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		ret_outcome->error = io->read(io->context, offsets[i], fuse_word(ret, offsets[i]));
		if (ret_outcome->error) {
			ret_outcome->at = (struct fuse_write){ .offset = offsets[i] };
			return ret_outcome->reason = PROVISION_FUSES_UNREADABLE;
		}
	}
	return PROVISION_NONE;
}

// Yields in *now what the fuses hold then.
static enum provision_reason burn(const struct fuse_io *io, const struct fuse_write *write,
	struct fuse_words *now, struct fuse_outcome *outcome)
{
	struct fuse_words expected = *now;

	outcome->error = io->write(io->context, write->offset, write->bits);
	if (outcome->error)
		return outcome->error == -EPERM ? PROVISION_FUSE_LOCKED : PROVISION_FUSE_WRITE;
	*fuse_word(&expected, write->offset) |= write->bits;
	if (fuse_read_all(io, now, outcome))
		return outcome->reason;
	return memcmp(now, &expected, sizeof(expected)) ? PROVISION_FUSE_READBACK : PROVISION_NONE;
}

struct fuse_outcome fuse_burn(const struct fuse_io *io, const struct fuse_goal *goal)
{
	struct fuse_outcome outcome = { .reason = PROVISION_NONE };
	struct fuse_words now;

	if (fuse_read_all(io, &now, &outcome))
		return outcome;
	for (;;) { // each time a bit more is 1
		outcome.reason = fuse_next(&now, goal, &outcome.at);
		if (outcome.reason || !outcome.at.bits)
			return outcome;
		if (!outcome.burnt || outcome.at.is_final)
			outcome.reason = io->check(io->context, &outcome.at);
		if (!outcome.reason)
			outcome.reason = burn(io, &outcome.at, &now, &outcome);
		if (outcome.reason)
			return outcome;
		outcome.burnt++;
	}
}
