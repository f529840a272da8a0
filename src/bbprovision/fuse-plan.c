// SPDX-License-Identifier: Apache-2.0
// Which fuse to burn next; see fuse-plan.h.

#include "fuse-plan.h"

#include <stddef.h>

static enum provision_reason refuse_word(
	enum provision_reason reason, uint32_t offset, uint32_t bits, struct fuse_write *ret)
{
	*ret = (struct fuse_write){ offset, bits, false };
	return reason;
}

// A bit that the hash does not have stays for ever: then no word of it is burnt.
static enum provision_reason check_srk(
	const struct fuse_words *now, const struct fuse_goal *goal, struct fuse_write *ret)
{
	for (uint32_t i = 0; i < FUSE_SRK_WORDS; i++)
		if (now->srk[i] & ~goal->srk[i])
			return refuse_word(PROVISION_SRK_MISMATCH, FUSE_SRK + 4 * i,
				now->srk[i] & ~goal->srk[i], ret);
	return PROVISION_NONE;
}

// The first word that lacks bits; its bits are 0 when none does.
static struct fuse_write missing_srk(const struct fuse_words *now, const struct fuse_goal *goal)
{
	for (uint32_t i = 0; i < FUSE_SRK_WORDS; i++)
		if (goal->srk[i] & ~now->srk[i])
			return (struct fuse_write){ FUSE_SRK + 4 * i, goal->srk[i] & ~now->srk[i],
				false };
	return (struct fuse_write){ FUSE_SRK, 0, false };
}

static enum provision_reason next_to_program(
	const struct fuse_words *now, const struct fuse_goal *goal, struct fuse_write *ret)
{
	*ret = missing_srk(now, goal);
	if (ret->bits && now->lock & FUSE_LOCK_SRK)
		return PROVISION_SRK_LOCKED;
	if (ret->bits && now->boot_cfg0 & FUSE_SEC_CONFIG_CLOSED)
		return PROVISION_SRK_MISMATCH;
	if (!ret->bits)
		*ret = (struct fuse_write){ FUSE_LOCK, FUSE_LOCK_SRK & ~now->lock, true };
	return PROVISION_NONE;
}

static enum provision_reason next_to_close(
	const struct fuse_words *now, const struct fuse_goal *goal, struct fuse_write *ret)
{
	*ret = missing_srk(now, goal);
	if (ret->bits)
		return PROVISION_SRK_UNPROGRAMMED;
	if (!(now->lock & FUSE_LOCK_SRK))
		return refuse_word(PROVISION_SRK_UNPROGRAMMED, FUSE_LOCK, FUSE_LOCK_SRK, ret);
	*ret = (struct fuse_write){ FUSE_BOOT_CFG0, FUSE_JTAG_OFF & ~now->boot_cfg0, false };
	if (!ret->bits)
		*ret = (struct fuse_write){ FUSE_BOOT_CFG0,
			FUSE_SEC_CONFIG_CLOSED & ~now->boot_cfg0, true };
	return PROVISION_NONE;
}

enum provision_reason fuse_next(
	const struct fuse_words *now, const struct fuse_goal *goal, struct fuse_write *ret)
{
	uint32_t open = (FUSE_JTAG_OFF | FUSE_SEC_CONFIG_CLOSED) & ~now->boot_cfg0;
	enum provision_reason reason;

	if (goal->kind == FUSE_REVOKE) {
		*ret = (struct fuse_write){ FUSE_SRK_REVOKE,
			UINT32_C(1) << goal->slot & ~now->revoked, true };
		return PROVISION_NONE;
	}
	reason = check_srk(now, goal, ret);
	if (reason)
		return reason;
	if (open && now->lock & FUSE_LOCK_BOOT_CFG)
		return refuse_word(PROVISION_BOOT_CFG_LOCKED, FUSE_BOOT_CFG0, open, ret);
	return goal->kind == FUSE_PROGRAM ? next_to_program(now, goal, ret)
					  : next_to_close(now, goal, ret);
}

uint32_t *fuse_word(struct fuse_words *words, uint32_t offset)
{
	switch (offset) {
	case FUSE_LOCK: return &words->lock;
	case FUSE_BOOT_CFG0: return &words->boot_cfg0;
	case FUSE_SRK_REVOKE: return &words->revoked;
	}
	if (offset < FUSE_SRK || offset >= FUSE_SRK + 4 * FUSE_SRK_WORDS || offset % 4)
		return NULL;
	return &words->srk[(offset - FUSE_SRK) / 4];
}
