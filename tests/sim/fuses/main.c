// SPDX-License-Identifier: Apache-2.0
/*
 * Power cuts while fuses are burnt, all of them. Fuses are all that lasts from one run to the next,
 * so what can ever be is a graph: from each state of the fuses every command leads, cut at every
 * write with every choice of its bits burnt, to other states, from which again every command is
 * run. It is walked to its end: every order of the commands, with any number of cuts, from every
 * kind of device to begin with.
 *
 * Usage: fuses [--tests | --first]. The last line counts; --first: ends at the first violation.
 * Exit status: 0 nothing was violated, 1 something was.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"

// Two hashes, of few bits a word, so that all choices of them can be tried; some bits are in both.
#define HASH_A \
	{ 0x03, 0x80000010, 0x00070000, 0x0100, 0x1200, 0x00c00001, 0x40000000, 0x08000300 }
#define HASH_B \
	{ 0x03, 0x80000011, 0x00030000, 0x0100, 0x1a00, 0x00c00000, 0x20000000, 0x08000000 }
// One as they are: 16 bits in a word.
#define HASH_WIDE { 0x01, 0, 0, 0x9a3c5a69, 0, 0, 0, 0x80000000 }

static const uint32_t hash_a[8] = HASH_A, hash_b[8] = HASH_B;

// More than any run asks for.
#define ALWAYS 99
static const struct command commands[] = {
	{ "program", { FUSE_PROGRAM, HASH_A, 0 }, ALWAYS },
	{ "close", { FUSE_CLOSE, HASH_A, 0 }, ALWAYS },
	{ "program with another hash", { FUSE_PROGRAM, HASH_B, 0 }, ALWAYS },
	{ "close with another hash", { FUSE_CLOSE, HASH_B, 0 }, ALWAYS },
	{ "program with files of another hash", { FUSE_PROGRAM, HASH_A, 0 }, 0 },
	{ "close with files of another hash, or HAB events", { FUSE_CLOSE, HASH_A, 0 }, 0 },
	{ "program while files change", { FUSE_PROGRAM, HASH_A, 0 }, 1 },
	{ "close while files change", { FUSE_CLOSE, HASH_A, 0 }, 1 },
	{ "revoke", { FUSE_REVOKE, { 0 }, 0 }, ALWAYS },
	{ "revoke what is needed", { FUSE_REVOKE, { 0 }, 1 }, 0 },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))
static const struct command wide[] = {
	{ "program a hash of 16 bits a word", { FUSE_PROGRAM, HASH_WIDE, 0 }, ALWAYS },
	{ "close a hash of 16 bits a word", { FUSE_CLOSE, HASH_WIDE, 0 }, ALWAYS },
};

// The states that were reached, in the order in which they are looked at; a hash table beside it.
#define STATES_MAX (1u << 21)
#define SLOTS (4 * STATES_MAX)
static struct fuses *states;
static uint32_t *slots, state_count;
static unsigned long starts, runs, cuts, faults, done, refused, violations;

static void violated(const struct run *run, const struct fuses *before, const char *what)
{
	if (violations++ < 5)
		printf("# %s: %s; LOCK %08x BOOT_CFG0 %08x SRK %08x %08x..., write %d of fate %d "
		       "with %08x\n",
			run->command->name, what, before->lock, before->boot_cfg0, before->srk[0],
			before->srk[1], run->fate_at, run->fate, run->burns);
}

static void reach(const struct fuses *fuses)
{
	const uint32_t *words = &fuses->lock;
	uint64_t hash = 14695981039346656037u;
	uint32_t slot;

	for (int i = 0; i < WORDS; i++)
		hash = (hash ^ words[i]) * 1099511628211u;
	for (slot = (uint32_t)(hash >> 32) % SLOTS; slots[slot]; slot = (slot + 1) % SLOTS)
		if (!memcmp(&states[slots[slot] - 1], fuses, sizeof(*fuses)))
			return;
	if (state_count == STATES_MAX) {
		puts("# more states than there is room for");
		exit(1);
	}
	states[state_count++] = *fuses;
	slots[slot] = state_count;
}

// Bits only from 0 to 1, and none of those that are nobody's business.
static bool is_after(const struct fuses *before, const struct fuses *after)
{
	for (int i = 0; i < WORDS; i++)
		if ((&before->lock)[i] & ~(&after->lock)[i])
			return false;
	return before->field_return == after->field_return &&
	       before->elsewhere == after->elsewhere &&
	       !((before->lock ^ after->lock) & ~LOCKS_SRK) &&
	       !((before->boot_cfg0 ^ after->boot_cfg0) & ~(JTAG_OFF | CLOSED));
}

static bool is_open_to_jtag(const struct fuses *fuses)
{
	return fuses->boot_cfg0 & CLOSED && (fuses->boot_cfg0 & JTAG_OFF) != JTAG_OFF;
}

// What must hold of the fuses, however the run has ended.
static void judge_end(const struct run *run, const struct fuses *before)
{
	const struct fuses *after = &run->fuses;
	const struct fuse_goal *goal = &run->command->goal;

	if (run->violation)
		violated(run, before, run->violation);
	if (!is_after(before, after))
		violated(run, before, "burns what is nobody's business");
	if (is_open_to_jtag(after) && !is_open_to_jtag(before))
		violated(run, before, "is closed and open to JTAG");
	if ((after->lock & ~before->lock || after->boot_cfg0 & ~before->boot_cfg0) &&
		!has_hash(after, goal->srk))
		violated(run, before, "is locked or closed to a hash that is not its bootloader's");
	if (goal->kind != FUSE_REVOKE && can_finish(before, goal->srk) &&
		!can_finish(after, goal->srk))
		violated(run, before, "cannot be finished any more");
}

// How often a run verifies: before its first write, the lock, closing.
static int count_checks(const struct fuses *before, const struct fuse_goal *goal)
{
	if (goal->kind == FUSE_REVOKE)
		return !(before->revoked & BIT(goal->slot));
	if (goal->kind == FUSE_PROGRAM)
		return !has_hash(before, goal->srk) + !(before->lock & LOCKS_SRK);
	return ((before->boot_cfg0 & JTAG_OFF) != JTAG_OFF) + !(before->boot_cfg0 & CLOSED);
}

// Whether a run that nothing disturbs must reach its goal: said from the fuses alone.
static bool must_succeed(const struct fuses *before, const struct command *command)
{
	const struct fuse_goal *goal = &command->goal;

	if (goal->kind != FUSE_REVOKE && !can_finish(before, goal->srk))
		return false;
	if (goal->kind == FUSE_CLOSE &&
		(!has_hash(before, goal->srk) || !(before->lock & LOCKS_SRK)))
		return false;
	return command->good >= count_checks(before, goal);
}

static bool is_reached(const struct fuses *after, const struct fuse_goal *goal)
{
	if (goal->kind == FUSE_REVOKE)
		return after->revoked & BIT(goal->slot);
	if (!has_hash(after, goal->srk) || !(after->lock & LOCKS_SRK))
		return false;
	return goal->kind == FUSE_PROGRAM ||
	       (after->boot_cfg0 & (JTAG_OFF | CLOSED)) == (JTAG_OFF | CLOSED);
}

static struct run prepare(const struct fuses *before, const struct command *command)
{
	return (struct run){ .fuses = *before, .command = command, .unreadable = 1, .fate_at = -1 };
}

static void disturb(const struct fuses *before, const struct command *command, int at,
	enum fate fate, uint32_t burns)
{
	struct run run = prepare(before, command);

	run.fate_at = at;
	run.fate = fate;
	run.burns = burns;
	run_command(&run);
	if (fate == FATE_CUT) {
		cuts++;
		judge_end(&run, before);
		reach(&run.fuses);
		return;
	}
	faults++;
	if (run.violation)
		violated(&run, before, run.violation);
	if (run.outcome.reason !=
		(fate == FATE_ERROR ? PROVISION_FUSE_WRITE : PROVISION_FUSE_READBACK))
		violated(&run, before, "a write that has not gone well is not noticed");
}

// Every choice of the bits of one write.
static void disturb_write(
	const struct fuses *before, const struct command *command, int at, uint32_t bits)
{
	uint32_t burns = 0;

	do {
		disturb(before, command, at, FATE_CUT, burns);
		disturb(before, command, at, FATE_ERROR, burns);
		if (burns != bits)
			disturb(before, command, at, FATE_SILENT, burns);
		burns = (burns - bits) & bits;
	} while (burns);
	disturb(before, command, at, FATE_OTHER, 0);
}

static void try_command(const struct fuses *before, const struct command *command, bool disturbed)
{
	struct run run = prepare(before, command);

	run_command(&run);
	runs++;
	judge_end(&run, before);
	if (run.is_cut || (!run.outcome.reason) != must_succeed(before, command))
		violated(&run, before,
			run.outcome.reason ? "is refused, and should succeed"
					   : "succeeds, and should be refused");
	if (!run.outcome.reason && !is_reached(&run.fuses, &command->goal))
		violated(&run, before, "has not done what it says");
	run.outcome.reason ? refused++ : done++;
	reach(&run.fuses);
	for (unsigned int i = 0; disturbed && i < run.writes; i++)
		disturb_write(before, command, (int)i, run.bits[i]);
}

static void start_with(struct fuses fuses)
{
	static const uint32_t boot_cfg_locks[] = { 0, BIT(2), BIT(3) };

	for (unsigned int i = 0; i < 2 * 3 * 16 * 2 * 2; i++) {
		unsigned int jtag = i / 12 % 16;

		fuses.lock = (i % 2 ? LOCKS_SRK : 0) | boot_cfg_locks[i / 2 % 3];
		fuses.boot_cfg0 = (i / 6 % 2 ? CLOSED | BIT(28) : 0) | (jtag & 7) << 21 |
				  (jtag >> 3) << 26 | BIT(13);
		fuses.field_return = i / 192 % 2;
		fuses.revoked = i / 192 % 2 ? BIT(1) : 0;
		fuses.elsewhere = 0x00012345;
		reach(&fuses);
	}
}

// A hash burnt up to each word; with a bit too many in each; such a bit alone; another hash; all bits.
static void start_all(void)
{
	struct fuses fuses = { 0 };

	for (int whole = 0; whole <= 8; whole++) {
		memcpy(fuses.srk, hash_a, 4 * (size_t)whole);
		start_with(fuses);
	}
	for (int i = 0; i < 8; i++) {
		fuses.srk[i] |= BIT(5);
		start_with(fuses);
		memset(fuses.srk, 0, sizeof(fuses.srk));
		fuses.srk[i] = BIT(5);
		start_with(fuses);
		memcpy(fuses.srk, hash_a, sizeof(fuses.srk));
	}
	memcpy(fuses.srk, hash_b, sizeof(fuses.srk));
	start_with(fuses);
	memset(fuses.srk, 0xff, sizeof(fuses.srk));
	start_with(fuses);
	starts = state_count;
}

static void walk(bool first)
{
	for (uint32_t i = 0; i < state_count && !(first && violations); i++) {
		struct fuses before = states[i];

		for (size_t j = 0; j < COMMANDS; j++)
			try_command(&before, &commands[j], true);
	}
}

// From a device with nothing burnt, one cut with every choice of bits, and then to the end.
static void walk_wide(void)
{
	struct fuses blank = { 0 };

	memset(slots, 0, SLOTS * sizeof(*slots));
	state_count = 0;
	reach(&blank);
	for (uint32_t i = 0; i < state_count; i++) {
		struct fuses before = states[i];

		try_command(&before, &wide[0], !i);
		try_command(&before, &wide[1], false);
	}
	if (!is_reached(&states[state_count - 1], &wide[1].goal))
		violations++;
}

// A word that cannot be read: nothing is burnt. SRK_REVOKE as the boot ROM locks it: by its name.
static void try_locks(void)
{
	static const uint32_t words[] = { 0x00, 0x1c, 0x60, 0x64, 0x68, 0x6c, 0x70, 0x74, 0x78,
		0x7c, 0x9c };
	struct fuses blank = { 0 };

	for (size_t i = 0; i < COMMANDS * sizeof(words) / sizeof(words[0]); i++) {
		struct run run = prepare(&blank, &commands[i % COMMANDS]);

		run.unreadable = words[i / COMMANDS];
		run_command(&run);
		if (run.writes || run.outcome.reason != PROVISION_FUSES_UNREADABLE ||
			run.outcome.at.offset != run.unreadable)
			violated(&run, &blank, "burns blindly");
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		struct run run = prepare(&blank, &commands[i]);

		run.is_revoke_locked = true;
		run_command(&run);
		if (commands[i].goal.kind == FUSE_REVOKE && commands[i].good &&
			run.outcome.reason != PROVISION_FUSE_LOCKED)
			violated(&run, &blank, "does not say that the fuse is locked");
	}
}

int main(int argc, char **argv)
{
	bool tests = argc > 1 && !strcmp(argv[1], "--tests"),
	     first = argc > 1 && !strcmp(argv[1], "--first");

	states = malloc(STATES_MAX * sizeof(*states));
	slots = calloc(SLOTS, sizeof(*slots));
	if (!states || !slots)
		return 1;
	start_all();
	walk(first);
	printf("# %zu commands in every order: %lu kinds of devices, %u states of their fuses; "
	       "runs done %lu, refused %lu\n",
		COMMANDS, starts, state_count, done, refused);
	try_locks();
	walk_wide();
	free(slots);
	free(states);
	if (tests)
		printf("%s fuses sim: every order, every cut\n", violations ? "not ok" : "ok");
	printf("%sfuses sim: %lu steps in every order, %lu cut points, %lu writes gone wrong, %lu "
	       "violations\n",
		tests ? "# " : "", runs, cuts, faults, violations);
	return violations > 0;
}
