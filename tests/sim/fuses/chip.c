// SPDX-License-Identifier: Apache-2.0
// A chip that loses its power at any bit; see chip.h.

#include "chip.h"

#include <errno.h>
#include <string.h>

// Where the words lie.
static const uint32_t offsets[WORDS] = { 0x00, 0x1c, 0x60, 0x64, 0x68, 0x6c, 0x70, 0x74, 0x78, 0x7c,
	0x8c, 0x9c, 0xe0 };

static uint32_t *find(struct fuses *fuses, uint32_t offset)
{
	for (int i = 0; i < WORDS; i++)
		if (offsets[i] == offset)
			return &fuses->lock + i;
	return NULL;
}

static bool is_srk(uint32_t offset)
{
	return offset >= 0x60 && offset <= 0x7c;
}

bool has_hash(const struct fuses *fuses, const uint32_t srk[static 8])
{
	return !memcmp(fuses->srk, srk, sizeof(fuses->srk));
}

bool can_finish(const struct fuses *fuses, const uint32_t srk[static 8])
{
	bool whole = has_hash(fuses, srk);
	uint32_t closing = JTAG_OFF | CLOSED;

	for (int i = 0; i < 8; i++)
		if (fuses->srk[i] & ~srk[i])
			return false;
	if (!whole && (fuses->lock & LOCKS_SRK || fuses->boot_cfg0 & CLOSED))
		return false;
	return !(fuses->lock & LOCKS_BOOT_CFG) || (fuses->boot_cfg0 & closing) == closing;
}

static void violate(struct run *run, const char *what)
{
	if (!run->violation)
		run->violation = what;
}

// Whether such a write may be made at all: which bits, and when.
static void judge(struct run *run, uint32_t offset, uint32_t bits)
{
	const struct fuses *f = &run->fuses;
	const struct fuse_goal *goal = &run->command->goal;

	if (run->is_over)
		violate(run, "goes on after a write that has not gone well");
	if (!run->checks)
		violate(run, "burns before anything is verified");
	if (offset == 0x00) {
		if (bits != LOCKS_SRK || goal->kind != FUSE_PROGRAM)
			violate(run, "locks what is not to be locked");
		if (!has_hash(f, goal->srk) || !run->is_checked)
			violate(run, "locked before the hash is whole, or not verified again");
	} else if (is_srk(offset)) {
		if (goal->kind != FUSE_PROGRAM || !can_finish(f, goal->srk) ||
			bits & ~goal->srk[(offset - 0x60) / 4])
			violate(run, "burns a hash that these fuses can never hold");
	} else if (offset == 0x1c) {
		if (goal->kind != FUSE_CLOSE || bits & ~(JTAG_OFF | CLOSED))
			violate(run, "burns other boot fuses");
		if (bits & CLOSED && (f->boot_cfg0 & JTAG_OFF) != JTAG_OFF)
			violate(run, "closed with JTAG open");
		if (!has_hash(f, goal->srk) || !(f->lock & LOCKS_SRK))
			violate(run, "closed without the hash, locked");
		if (bits & CLOSED && !run->is_checked)
			violate(run, "closed, and not verified again");
	} else if (offset == 0x9c) {
		if (goal->kind != FUSE_REVOKE || bits != BIT(goal->slot) || !run->is_checked)
			violate(run, "revokes another slot, or without having verified");
	} else {
		violate(run, "burns a fuse that is none of these");
	}
}

static int read_fuse(void *context, uint32_t offset, uint32_t *ret)
{
	struct run *run = context;
	const uint32_t *word = find(&run->fuses, offset);

	if (!word || offset == 0x8c)
		violate(run, "reads a fuse that is none of these");
	else
		*ret = *word;
	return offset == run->unreadable ? -EACCES : 0;
}

// The power goes, or the write goes wrong in another way.
static int meet_fate(struct run *run, uint32_t *word, uint32_t bits)
{
	run->is_over = true;
	*word |= run->fate == FATE_OTHER ? bits : bits & run->burns;
	if (run->fate == FATE_OTHER)
		run->fuses.srk[7] ^= BIT(31);
	if (run->fate == FATE_CUT)
		longjmp(run->power, 1);
	return run->fate == FATE_ERROR ? -EIO : 0;
}

static int write_fuse(void *context, uint32_t offset, uint32_t bits)
{
	struct run *run = context;
	uint32_t *word = find(&run->fuses, offset);

	judge(run, offset, bits);
	if (run->writes == sizeof(run->bits) / sizeof(run->bits[0])) {
		violate(run, "never ends");
		longjmp(run->power, 1);
	}
	run->is_checked = false;
	run->bits[run->writes++] = bits;
	if (!word || !bits)
		return 0;
	if ((is_srk(offset) && run->fuses.lock & LOCKS_SRK) ||
		(offset == 0x1c && run->fuses.lock & LOCKS_BOOT_CFG) ||
		(offset == 0x9c && run->is_revoke_locked)) {
		run->is_over = true;
		return -EPERM;
	}
	if ((int)run->writes - 1 == run->fate_at)
		return meet_fate(run, word, bits);
	*word |= bits;
	return 0;
}

static enum provision_reason check(void *context, const struct fuse_write *next)
{
	struct run *run = context;

	(void)next;
	run->checks++;
	run->is_checked = run->checks <= run->command->good;
	return run->is_checked ? PROVISION_NONE : PROVISION_ARTIFACT_REFUSED;
}

void run_command(struct run *run)
{
	const struct fuse_io io = { run, read_fuse, write_fuse, check };

	run->is_cut = setjmp(run->power);
	if (!run->is_cut)
		run->outcome = fuse_burn(&io, &run->command->goal);
}
