// SPDX-License-Identifier: Apache-2.0
// The boot state under power cuts: a disk that writes sector by sector is cut at every point of every
// write, and what the next boot then finds must be the old state or the new one, whole.

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "bootstate.h"
#include "slot.h"
#include "test.h"

#define SECTOR 512
#define FILE_MAX 8192

struct file {
	bool exists;
	size_t size;
	uint8_t data[FILE_MAX];
};

// What a write is made of: a new file, then each sector that it touches. Each is a point to cut at.
struct store {
	struct file original, copy;
	unsigned int steps; // done so far
	unsigned int cut;   // the step before which the power goes; 0: never
	bool reverse;       // the sectors of one write reach the disk last one first
	bool read_only, copy_read_only, loses_writes;
	jmp_buf power_gone;
};

static struct file *find(struct store *s, const char *name)
{
	if (!strcmp(name, BOOTSTATE_FILE))
		return &s->original;
	if (!strcmp(name, BOOTSTATE_COPY))
		return &s->copy;
	abort();
}

static int read_store(void *context, const char *name, uint8_t *data, size_t size)
{
	const struct file *file = find(context, name);

	if (!file->exists)
		return -ENOENT;
	if (file->size > size)
		return -EFBIG;
	memcpy(data, file->data, file->size);
	return (int)file->size;
}

static void step(struct store *s)
{
	if (++s->steps == s->cut)
		longjmp(s->power_gone, 1);
}

static void write_sector(struct store *s, struct file *file, size_t at, const uint8_t *data, size_t size)
{
	step(s);
	memcpy(file->data + at, data, size);
	if (at + size > file->size)
		file->size = at + size;
}

static int write_store(void *context, const char *name, size_t offset, const uint8_t *data, size_t size)
{
	struct store *s = context;
	struct file *file = find(s, name);
	size_t sectors = (size + SECTOR - 1) / SECTOR;

	if (s->read_only || (s->copy_read_only && file == &s->copy))
		return -EROFS;
	if (s->loses_writes)
		return 0;
	if (offset % SECTOR || offset + size > FILE_MAX)
		abort();
	if (!file->exists) {
		step(s);
		*file = (struct file){ .exists = true };
	}
	for (size_t i = 0; i < sectors; i++) {
		size_t at = (s->reverse ? sectors - 1 - i : i) * SECTOR;

		write_sector(s, file, offset + at, data + at, size - at < SECTOR ? size - at : SECTOR);
	}
	step(s);
	return 0;
}

static struct bootstate_io io_of(struct store *s)
{
	return (struct bootstate_io){ s, read_store, write_store };
}

static void set_file(struct file *file, size_t size, const char *lines)
{
	*file = (struct file){ .exists = lines != NULL, .size = lines ? size : 0 };
	if (lines)
		make_block(file->data, size, lines);
}

// One boot's slot stage.
static int boot(struct store *s, struct bootstate *state, struct slot_plan *plan)
{
	struct bootstate_io io = io_of(s);

	bootstate_load(&io, state);
	slot_decide(&state->env, plan);
	return bootstate_store(&io, state, plan->count, plan->bootcount);
}

struct cut_case {
	const char *name;
	const char *original; // lines; NULL: no file
	size_t original_size;
	const char *copy;
	size_t copy_size;
};

#define FILL_400 \
	"x=0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" \
	"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\n"

static const struct cut_case cut_cases[] = {
	{ "no copy yet", "resin_root_part=B\nupgrade_available=1\nbootcount=0\n", 1024, NULL, 0 },
	{ "no update", "resin_root_part=B\nupgrade_available=0\nbootcount=0\n", 1024, NULL, 0 },
	{ "old copy", "resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024,
		"resin_root_part=A\nupgrade_available=0\n", 1024 },
	{ "same copy", "resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024,
		"resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024 },
	{ "count grows", "resin_root_part=B\nupgrade_available=1\nbootcount=9\n", 1024,
		"resin_root_part=B\nupgrade_available=1\nbootcount=8\n", 1024 },
	{ "count is new", "resin_root_part=B\nupgrade_available=1\n", 1024, NULL, 0 },
	{ "what sed leaves", "bootcount=0 \nresin_root_part=B\nupgrade_available=1\n", 1025,
		"resin_root_part=A\n", 1024 },
	{ "larger block", "resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 4096,
		"resin_root_part=A\n", 1024 },
	{ "smaller block", "resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024,
		"resin_root_part=A\n", 4096 },
	{ "copy is empty", "resin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024, "", 1024 },
	{ "across a sector's end", FILL_400 "resin_root_part=B\nupgrade_available=1\n"
		"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy=1\nbootcount=9\nz=1\n",
		1024, "resin_root_part=B\nupgrade_available=1\nbootcount=8\n", 1024 },
	{ "behind the first sector", FILL_400 "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
		"yyyyyyyyyyyyyyyyyyyy=1\nresin_root_part=B\nupgrade_available=1\nbootcount=1\n", 1024, NULL, 0 },
};

static bool same_block(const struct bootstate *a, const struct bootstate *b)
{
	return a->size == b->size && !memcmp(a->block, b->block, a->size);
}

/*
 * What may be found after a cut: the original from before or from after, to the byte. When an original of
 * more than one sector was being written, its copy stands in, which has the same values as before.
 */
static bool is_old_or_new(const struct bootstate *found, const struct bootstate *old,
	const struct bootstate *new)
{
	if (found->source == BOOTSTATE_DEFAULT || found->env.root != old->env.root ||
	    found->env.discarded)
		return false;
	if (found->source == BOOTSTATE_FROM_COPY)
		return found->env.upgrade_available == old->env.upgrade_available &&
			found->env.bootcount == old->env.bootcount;
	return same_block(found, old) || same_block(found, new);
}

static void start(struct store *s, const struct cut_case *c, bool reverse)
{
	*s = (struct store){ .reverse = reverse };
	set_file(&s->original, c->original_size, c->original);
	set_file(&s->copy, c->copy_size, c->copy);
}

// Cuts the boot at one point; returns whether there was one more point to cut at.
static bool cut_at(struct store *s, unsigned int cut)
{
	static struct bootstate state;
	static struct slot_plan plan;

	s->cut = cut;
	if (setjmp(s->power_gone))
		return true;
	boot(s, &state, &plan);
	return false;
}

static void every_cut(const struct cut_case *c, bool reverse)
{
	static struct store s;
	static struct bootstate before, uncut, after;
	struct slot_plan plan, next;
	struct bootstate_io io = io_of(&s);

	start(&s, c, reverse);
	bootstate_load(&io, &before);
	test_assert(!boot(&s, &after, &plan));
	bootstate_load(&io, &uncut);
	for (unsigned int cut = 1;; cut++) {
		bool was_cut;

		start(&s, c, reverse);
		was_cut = cut_at(&s, cut);
		s.cut = 0;
		bootstate_load(&io, &after);
		test_assert(is_old_or_new(&after, &before, &uncut));
		if (!was_cut) {
			test_assert(after.source == BOOTSTATE_ORIGINAL);
			test_assert(after.env.upgrade_available == before.env.upgrade_available);
			test_assert(!plan.count || after.env.bootcount == plan.bootcount);
			return;
		}
		// And the boot after it puts everything in order, copy included.
		test_assert(!boot(&s, &after, &next));
		bootstate_load(&io, &after);
		test_assert(after.source == BOOTSTATE_ORIGINAL && after.env.root == before.env.root);
	}
}

static void bootstate_every_cut(void)
{
	for (size_t i = 0; i < sizeof(cut_cases) / sizeof(cut_cases[0]); i++) {
		test_case = cut_cases[i].name;
		every_cut(&cut_cases[i], false);
		if (!test_failed)
			every_cut(&cut_cases[i], true);
		if (test_failed)
			return;
	}
}

// Only a change of one sector can be cut without the copy: so the usual state never needs it.
static void bootstate_usual_count_is_one_sector(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	set_file(&s.original, 1024, "resin_root_part=B\nupgrade_available=1\nbootcount=0\n");
	test_assert(!boot(&s, &state, &plan));
	s.steps = 0;
	test_assert(!boot(&s, &state, &plan));
	test_assert(s.steps == 4); // one sector of the copy and one of the original, each then synced
	set_file(&s.original, 1024, "resin_root_part=B\nupgrade_available=0\n");
	boot(&s, &state, &plan);
	s.steps = 0;
	test_assert(!boot(&s, &state, &plan) && s.steps == 0);
}

/*
 * The operating system's cut: grub-editenv truncates the file before it writes. An update that the last
 * boot has seen is not forgotten: the slot may be one that never comes up.
 */
static void bootstate_truncated_original(void)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 1023 };
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		s = (struct store){ .cut = 0 };
		set_file(&s.original, 1024, "resin_root_part=B\nupgrade_available=1\nbootcount=1\n");
		test_assert(!boot(&s, &state, &plan) && state.source == BOOTSTATE_ORIGINAL);
		s.original.size = sizes[i];
		boot(&s, &state, &plan);
		test_assert(state.source == BOOTSTATE_FROM_COPY && state.env.root == SLOT_B);
		test_assert(state.env.upgrade_available && plan.count && plan.bootcount == 2);
		boot(&s, &state, &plan);
		test_assert(state.env.root == SLOT_B && state.source == BOOTSTATE_ORIGINAL);
		test_assert(plan.bootcount == 3 && plan.candidate[0].slot == SLOT_A);
	}
}

// Nothing here can shorten a file: one that is too long stays, and the copy keeps standing in.
static void bootstate_too_long_original(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	set_file(&s.original, 5000, "resin_root_part=A\n");
	set_file(&s.copy, 1024, "resin_root_part=B\n");
	for (unsigned int i = 0; i < 3; i++) {
		test_assert(boot(&s, &state, &plan) == -EFBIG);
		test_assert(state.source == BOOTSTATE_FROM_COPY && state.env.root == SLOT_B);
	}
}

static void bootstate_nothing_there(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	test_assert(!boot(&s, &state, &plan));
	test_assert(state.source == BOOTSTATE_DEFAULT && state.env.root == SLOT_A && !s.steps);
	set_file(&s.copy, 100, "");
	test_assert(!boot(&s, &state, &plan) && state.source == BOOTSTATE_DEFAULT);
}

// A copy without room for another key still tells the slot.
static void bootstate_full_copy(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;
	char lines[1025] = { 0 };
	size_t room = 1024 - strlen(BLOCK_HEADER);

	memset(lines, 'x', room);
	memcpy(lines, "resin_root_part=B\ny=", 20);
	lines[room - 1] = '\n';
	set_file(&s.copy, 1024, lines);
	test_assert(!boot(&s, &state, &plan));
	test_assert(state.source == BOOTSTATE_FROM_COPY && state.env.root == SLOT_B);
}

static void bootstate_write_errors_are_told(void)
{
	static struct store s = { .read_only = true };
	static struct bootstate state;
	struct slot_plan plan;

	set_file(&s.original, 1024, "resin_root_part=B\nupgrade_available=1\nbootcount=1\n");
	test_assert(boot(&s, &state, &plan) == -EROFS);
	test_assert(state.env.root == SLOT_B && plan.bootcount == 2);
}

// A count that is there twice grows nevertheless: the update is taken back at the third boot.
static void bootstate_double_count_still_counts(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	set_file(&s.original, 1024, "bootcount=0\nbootcount=0\nresin_root_part=B\nupgrade_available=1\n");
	for (unsigned int i = 1; i <= 3; i++) {
		test_assert(!boot(&s, &state, &plan));
		test_assert(plan.bootcount == i);
	}
	test_assert(plan.candidate[0].slot == SLOT_A);
}

#define STATE(root, upgrade, count) \
	"resin_root_part=" root "\nupgrade_available=" upgrade "\nbootcount=" count "\n"

// What the last boot found, what is there now, and what is made of it.
static const struct {
	const char *name, *last, *now;
	bool corrected;
	const char *why;
	enum slot first;
	unsigned int count; // that is written; 0: none
} corrections[] = {
	{ "nothing new", STATE("A", "0", "0"), STATE("A", "0", "0"), false, "current", SLOT_A, 0 },
	{ "an update", STATE("A", "0", "0"), STATE("B", "1", "0"), false, "update", SLOT_B, 1 },
	{ "half an update", STATE("A", "0", "0"), STATE("B", "0", "0"), true, "update", SLOT_B, 1 },
	{ "half an update, old count", STATE("A", "0", "2"), STATE("B", "0", "2"), true, "update", SLOT_B, 1 },
	{ "an update, old count", STATE("A", "0", "2"), STATE("B", "1", "2"), true, "update", SLOT_B, 1 },
	{ "another attempt", STATE("B", "1", "0"), STATE("B", "1", "1"), false, "update", SLOT_B, 2 },
	{ "a count from elsewhere", STATE("B", "1", "0"), STATE("B", "1", "9"), true, "update", SLOT_B, 2 },
	{ "a count that was reset", STATE("B", "1", "1"), STATE("B", "1", "0"), false, "update", SLOT_B, 1 },
	{ "a confirmed update", STATE("B", "1", "0"), STATE("B", "0", "1"), false, "current", SLOT_B, 0 },
	{ "third boot", STATE("B", "1", "1"), STATE("B", "1", "2"), false, "rollback", SLOT_A, 3 },
	{ "fourth boot", STATE("B", "1", "2"), STATE("B", "1", "3"), false, "rollback", SLOT_A, 4 },
	{ "back", STATE("B", "1", "2"), STATE("A", "0", "3"), false, "current", SLOT_A, 0 },
	{ "half the way back", STATE("B", "1", "2"), STATE("A", "1", "3"), true, "current", SLOT_A, 0 },
	{ "updated before confirmed", STATE("B", "1", "0"), STATE("A", "1", "1"), true, "update", SLOT_A, 1 },
	{ "back by itself", STATE("B", "1", "0"), STATE("A", "0", "0"), false, "current", SLOT_A, 0 },
	{ "confirmed, then updated", STATE("B", "1", "0"), STATE("A", "1", "0"), false, "update", SLOT_A, 1 },
	{ "back, then half an update", STATE("B", "1", "2"), STATE("B", "0", "0"), true, "update", SLOT_B, 1 },
};

static void bootstate_half_written(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	for (size_t i = 0; i < sizeof(corrections) / sizeof(corrections[0]); i++) {
		test_case = corrections[i].name;
		s = (struct store){ .cut = 0 };
		set_file(&s.original, 1024, corrections[i].now);
		set_file(&s.copy, 1024, corrections[i].last);
		test_assert(!boot(&s, &state, &plan));
		test_assert((state.source == BOOTSTATE_CORRECTED) == corrections[i].corrected);
		test_assert(!strcmp(plan.why, corrections[i].why));
		test_assert(plan.candidate[0].slot == corrections[i].first);
		test_assert(plan.count == (corrections[i].count > 0));
		test_assert(!plan.count || plan.bootcount == corrections[i].count);
		// The next boot takes it as it is, one attempt later.
		test_assert(!boot(&s, &state, &plan) && state.source == BOOTSTATE_ORIGINAL);
		test_assert(plan.count == (corrections[i].count > 0));
		test_assert(!plan.count || plan.bootcount == corrections[i].count + 1);
	}
}

// A copy that stays behind would lower the count again and again: nothing is counted then.
static void bootstate_copy_stays_behind(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	s = (struct store){ .copy_read_only = true };
	set_file(&s.original, 1024, STATE("B", "1", "1"));
	set_file(&s.copy, 1024, STATE("B", "1", "0"));
	test_assert(boot(&s, &state, &plan) == -EROFS);
	// One that is none at all does no harm.
	set_file(&s.copy, 1024, NULL);
	test_assert(!boot(&s, &state, &plan) && plan.bootcount == 2);
	test_assert(!boot(&s, &state, &plan) && plan.bootcount == 3);
}

// Without a copy, more than one sector is not written: a cut in between would leave nothing.
static void bootstate_two_sectors_need_a_copy(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	s = (struct store){ .copy_read_only = true };
	set_file(&s.original, 1024, FILL_400 "resin_root_part=B\nupgrade_available=1\n"
		"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy=1\nbootcount=9\nz=1\n");
	test_assert(boot(&s, &state, &plan) == -EIO);
	boot(&s, &state, &plan);
	test_assert(state.source == BOOTSTATE_ORIGINAL && state.env.bootcount == 9);
}

// A disk that says that it has written, and has not.
static void bootstate_lost_write_is_noticed(void)
{
	static struct store s;
	static struct bootstate state;
	struct slot_plan plan;

	s = (struct store){ .loses_writes = true };
	set_file(&s.original, 1024, STATE("B", "1", "1"));
	test_assert(boot(&s, &state, &plan) == -EIO);
}

int main(void)
{
	test_run(bootstate_every_cut);
	test_run(bootstate_usual_count_is_one_sector);
	test_run(bootstate_truncated_original);
	test_run(bootstate_too_long_original);
	test_run(bootstate_nothing_there);
	test_run(bootstate_full_copy);
	test_run(bootstate_write_errors_are_told);
	test_run(bootstate_double_count_still_counts);
	test_run(bootstate_half_written);
	test_run(bootstate_copy_stays_behind);
	test_run(bootstate_two_sectors_need_a_copy);
	test_run(bootstate_lost_write_is_noticed);
	return test_result();
}
