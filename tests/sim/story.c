// SPDX-License-Identifier: Apache-2.0
/*
 * Cuts a story everywhere and boots what is left until it settles. A story is run once without a cut;
 * at each event of its volume, everything that the disk may then hold is booted, twice: with a system
 * that puts the boot state in order when it comes up, and with one that never writes it.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "story.h"

#define SNAPSHOTS_MAX 160
#define SETTLE_BOOTS 10
#define STATES_MAX 16
#define SEEN_SIZE (1u << 20)

// What is true of the device whatever its disk says.
struct ledger {
	unsigned int attempts[2]; // of each slot's update, since it was set
	bool writing; // a writer of the operating system was cut: it may have set the count, or not
	unsigned int cut_boots; // each may have counted an attempt, which then counts as a failed one
};

// A value of the boot state, for comparison.
struct value {
	char text[32];
};

struct run {
	const struct story *story;
	const struct geometry *geometry;
	const struct effort *effort;
	struct tally *tally;
	struct world world;
	struct ledger ledger;
	struct value state[STATES_MAX]; // that the file had since the last boot began
	unsigned int states;
	bool booting; // it is the product that writes
	bool limit;   // what a cut left is a known limit
	bool judged;  // since the last boot, the system has begun or ended an update
	unsigned int step;
	unsigned int depth; // cuts behind this one
};

static struct fat snapshots[2][SNAPSHOTS_MAX];
static unsigned int snapshots_used[2], snapshots_level;

static void take_snapshot(struct fat *v)
{
	unsigned int n = snapshots_used[snapshots_level];

	if (n == SNAPSHOTS_MAX)
		abort();
	fat_copy(&snapshots[snapshots_level][n], v);
	snapshots[snapshots_level][n].on_event = NULL;
	snapshots_used[snapshots_level]++;
}

static uint64_t hash(uint64_t start, const void *data, size_t size)
{
	const char *bytes = data;

	for (size_t i = 0; i < size; i += 8) {
		uint64_t word = 0;

		memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
		start = (start ^ word) * 0x9e3779b97f4a7c15;
		start ^= start >> 32;
	}
	return start;
}

static uint64_t seen[SEEN_SIZE];

static bool seen_before(uint64_t key)
{
	key += !key;
	for (size_t i = key % SEEN_SIZE;; i = (i + 1) % SEEN_SIZE) {
		if (seen[i] == key)
			return true;
		if (!seen[i]) {
			seen[i] = key;
			return false;
		}
	}
}

static void tell(const struct run *run, bool brick, const char *what, const struct boot_result *result)
{
	const struct bootenv *env = &result->boot.state.env;

	static const struct story *last_story;
	static const char *last;

	run->tally->violations++;
	run->tally->bricks += brick;
	if (what == last && last_story == run->story)
		return;
	last = what;
	last_story = run->story;
	printf("# %s (%s), step %u, cut %u: %s: root %c update %d count %u source %d, plan %s count %u, up %d\n",
		run->story->name, run->geometry->name, run->step, run->depth, what, slot_letter(env->root),
		env->upgrade_available, env->bootcount, result->boot.state.source, result->boot.plan.why,
		result->boot.plan.bootcount, result->up);
}

// Of a file that is one whole block, and no parts of two.
static struct value value_of(const struct fat *v, enum file file)
{
	static const char header[] = "# GRUB Environment Block\n";
	struct value value = { .text = "" };
	const char *const keys[] = { "resin_root_part", "upgrade_available", "bootcount" };
	uint8_t data[FILE_SIZE_MAX];
	int size = os_read(v, file, data);
	size_t used = 0;

	if (size < 1024 || memcmp(data, header, sizeof(header) - 1) ||
	    memmem(data + 1, (size_t)size - 1, header, sizeof(header) - 1))
		return value;
	for (size_t i = 0; i < 3; i++)
		used += (size_t)snprintf(value.text + used, sizeof(value.text) - used, "%s/", os_get(v, file, keys[i]));
	return value;
}

static void note_state(struct run *run, const struct fat *v)
{
	if (run->states == STATES_MAX)
		abort();
	run->state[run->states++] = value_of(v, FILE_BOOTENV);
}

// What a cut left, as the next boot finds it.
static enum found classify(const struct run *run, const struct fat *v)
{
	struct value value = value_of(v, FILE_BOOTENV);

	for (unsigned int i = 0; value.text[0] && i < run->states; i++) {
		if (!strcmp(value.text, run->state[i].text))
			return FOUND_LIVE;
	}
	if (value.text[0])
		return FOUND_OLDER;
	return value_of(v, FILE_COPY).text[0] ? FOUND_COPY : FOUND_NOTHING;
}

// What must hold of every boot.
static void check_boot(struct run *run, const struct fat *v, const struct boot_result *result)
{
	const struct bootstate *state = &result->boot.state;
	const struct slot_plan *plan = &result->boot.plan;
	unsigned int *attempts = &run->ledger.attempts[state->env.root], before = plan->bootcount - 1;
	bool rollback = !strcmp(plan->why, "rollback");
	char key[] = "kernel_override_abi_committed_X";

	if (v->pendings || v->writable)
		tell(run, false, "not everything is on the disk", result);
	if (!plan->candidates)
		tell(run, true, "no candidate", result);
	if (plan->count && (strcmp(os_get(v, FILE_BOOTENV, "upgrade_available"), "1") ||
	    (unsigned int)atoi(os_get(v, FILE_BOOTENV, "bootcount")) != plan->bootcount))
		tell(run, false, "the attempt is not on the disk", result);
	if (plan->count && before > *attempts && before <= *attempts + run->ledger.cut_boots)
		*attempts = before;
	if (plan->count && before > *attempts && !rollback)
		tell(run, false, "an attempt is counted that was not made", result);
	if (plan->count && before < *attempts && *attempts < BOOTENV_COUNT_MAX) {
		// A recovered count may lack the attempt that was under way.
		if (!run->ledger.writing && (state->source != BOOTSTATE_FROM_COPY || before + 1 < *attempts))
			tell(run, false, "an attempt is forgotten", result);
		*attempts = before;
	}
	if (rollback && plan->count && *attempts < 2)
		tell(run, false, "back before two failed attempts", result);
	key[sizeof(key) - 2] = slot_letter(plan->candidate[0].slot);
	if (rollback && plan->count && strcmp(plan->candidate[0].abi, os_get(v, FILE_BOOTENV, key)))
		tell(run, false, "back without the committed override", result);
	if (plan->count)
		(*attempts)++;
	run->ledger.writing = false;
	run->ledger.cut_boots = 0;
}

/*
 * What is known and not to be told from what is meant: the system that confirms itself, sets the next update
 * and is cut between that update's two edits leaves what a system leaves that was found unhealthy and goes
 * back: the slot from before the update that the last boot saw, and no update.
 */
static bool is_known_limit(const struct run *run, const struct fat *v)
{
	const char *now = value_of(v, FILE_BOOTENV).text, *last = value_of(v, FILE_COPY).text;

	return run->story->known_limit && !run->booting && !strncmp(now + 1, "/0/", 3) &&
		!strncmp(last + 1, "/1/", 3) && now[0] != last[0];
}

// A system that has come up confirms the update that it is, or goes back for good.
static void heal(const struct world *world, struct fat *v, int running)
{
	const char *root = os_get(v, FILE_BOOTENV, "resin_root_part");
	char letter[2] = { slot_letter((enum slot)running), 0 };
	bool back = strcmp(root, letter) != 0;

	if (!world->heals || strcmp(os_get(v, FILE_BOOTENV, "upgrade_available"), "1"))
		return;
	fat_remount(v, true);
	if (back)
		os_set(v, "resin_root_part", letter);
	os_set(v, "upgrade_available", "0");
	os_reset_count(v);
	fat_remount(v, false);
}

static void cut_everywhere(const struct run *run, unsigned int level, unsigned int bound);

// One boot behind a cut, which is cut itself if `cut` says so.
static void boot_again(struct run *run, struct fat *v, bool cut, struct boot_result *result)
{
	struct run before = *run;

	if (cut) {
		snapshots_level = 1;
		snapshots_used[1] = 0;
		v->on_event = take_snapshot;
		before.states = 0;
		note_state(&before, v);
	}
	sim_boot(v, &run->world, result);
	if (!cut)
		return;
	v->on_event = NULL;
	note_state(&before, v);
	before.booting = true;
	before.depth = 1;
	cut_everywhere(&before, 1, run->effort->second);
}

static void end(const struct fat *v)
{
	uint8_t data[FILE_SIZE_MAX];
	int size = os_read(v, FILE_BOOTENV, data);

	if (size > 0)
		note_end_state(data, (size_t)size);
}

// Nobody can help a system that was up and never confirmed itself, when what it goes back to was overwritten.
static void judge_brick(const struct run *run, const struct boot_result *result)
{
	if (run->limit)
		run->tally->limits++;
	else if (run->story->overwrites && !run->world.heals && !strcmp(result->boot.plan.why, "rollback"))
		run->tally->unconfirmed++;
	else
		tell(run, true, "BRICK", result);
}

// Boots until nothing changes any more. A brick is a system that does not come up any more although one
// of the slots would.
static void settle_with(struct run run, const struct fat_image *image)
{
	static struct fat volumes[2];
	static struct boot_result results[2];
	struct fat *v = &volumes[run.depth];
	struct boot_result *result = &results[run.depth];
	bool can = run.world.slot[SLOT_A] == COMES_UP || run.world.slot[SLOT_B] == COMES_UP;
	struct fat_image current = *image;
	bool quiet = false, cut = !run.depth && !run.world.heals && run.effort->second;

	for (unsigned int i = 0; i < SETTLE_BOOTS; i++) {
		fat_mount(v, run.geometry, &current);
		boot_again(&run, v, cut && !i, result);
		check_boot(&run, v, result);
		if (i > 6 && quiet && result->written && !result->boot.plan.count && run.geometry->cluster_sectors > 1)
			tell(&run, false, "a boot that is like the last one writes", result);
		quiet = !result->boot.plan.count;
		if (result->up < 0) {
			if (can && i >= 3) {
				judge_brick(&run, result);
				return;
			}
			if (can && i + 1 > run.tally->in_vain)
				run.tally->in_vain = i + 1;
		} else {
			heal(&run.world, v, result->up);
			if (!strncmp(value_of(v, FILE_BOOTENV).text + 1, "/0/", 3))
				memset(run.ledger.attempts, 0, sizeof(run.ledger.attempts));
		}
		if (i && result->up >= 0 && !memcmp(&current, &v->disk, sizeof(current)))
			break;
		current = v->disk;
	}
	end(v);
}

/*
 * One boot of a volume that cannot be written, each way in turn: it is like every other boot of it. Both slots
 * are tried, and the first one comes up if one can, where it was the system that was cut: it was up.
 */
static void boot_refusing(const struct run *run, const struct fat_image *image)
{
	static struct fat v;
	static struct boot_result result;
	bool can = run->world.slot[SLOT_A] == COMES_UP || run->world.slot[SLOT_B] == COMES_UP;

	for (unsigned int refusal = 1; refusal <= run->effort->refusals; refusal++) {
		const struct slot_plan *plan = &result.boot.plan;
		bool both = false;

		fat_mount(&v, run->geometry, image);
		sim_refuses = refusal;
		sim_boot(&v, &run->world, &result);
		sim_refuses = REFUSES_NOTHING;
		run->tally->refusals++;
		for (unsigned int i = 1; i < plan->candidates; i++)
			both = both || plan->candidate[i].slot != plan->candidate[0].slot;
		if (!both)
			tell(run, false, "not written, and a slot is left out", &result);
		if (!can || result.up >= 0 || plan->count || run->booting || run->limit)
			continue;
		// An update that was up overwrote the slot from before, and was not confirmed.
		if (run->story->overwrites && run->world.slot[result.boot.state.env.root] == COMES_UP)
			run->tally->unconfirmed++;
		else
			tell(run, true, "not written, and nothing comes up", &result);
	}
}

static void settle(const struct run *start, const struct fat_image *image)
{
	struct run run = *start;
	uint64_t key = hash(14695981039346656037u, image, sizeof(*image));

	key = hash(key, &run.world.slot, sizeof(run.world.slot));
	key = hash(key, &run.world.override, sizeof(run.world.override));
	key = hash(key, run.ledger.attempts, sizeof(run.ledger.attempts));
	key = hash(key, &run.ledger.writing, sizeof(run.ledger.writing));
	key = hash(key, &run.ledger.cut_boots, sizeof(run.ledger.cut_boots));
	key = hash(key, &run.depth, sizeof(run.depth));
	key = hash(key, &run.world.heals, run.depth ? sizeof(run.world.heals) : 0);
	if (seen_before(key))
		return;
	run.tally->distinct++;
	if (run.depth) {
		settle_with(run, image);
		return;
	}
	boot_refusing(&run, image);
	for (unsigned int heals = 0; heals < 2; heals++) {
		run.world.heals = heals;
		settle_with(run, image);
	}
}

static void visit_cut(void *context, const struct fat_image *image)
{
	static struct fat v;
	static const struct boot_result none;
	const struct run *run = context;
	struct run cut = *run;
	enum found found;

	run->tally->cuts++;
	fat_mount(&v, run->geometry, image);
	found = classify(run, &v);
	if (!run->depth)
		run->tally->found[found]++;
	cut.limit = run->limit || is_known_limit(run, &v);
	if (run->booting && found != FOUND_LIVE && run->state[0].text[0] && found != FOUND_COPY)
		tell(run, false, "the boot's own writing leaves neither the old state nor the new one", &none);
	cut.ledger.cut_boots += run->booting;
	settle(&cut, image);
}

// Cuts at each snapshot of a level.
static void cut_everywhere(const struct run *run, unsigned int level, unsigned int bound)
{
	for (unsigned int i = 0; i < snapshots_used[level]; i++) {
		struct run copy = *run;

		fat_cut(&snapshots[level][i], bound, visit_cut, &copy);
	}
}

static void install(const struct story *story, const struct geometry *geometry, struct fat_image *ret)
{
	static struct fat v;

	fat_format(ret, geometry);
	fat_mount(&v, geometry, ret);
	fat_remount(&v, true);
	os_install(&v, FILE_BOOTENV, story->bootenv, story->size ? story->size : 1024);
	os_install(&v, FILE_COPY, story->copy, story->size ? story->size : 1024);
	fat_remount(&v, false);
	*ret = v.disk;
}

static void expect_boot(struct run *run, const struct step *step, const struct boot_result *result)
{
	if ((result->up < 0 ? '-' : slot_letter((enum slot)result->up)) != step->key[0] ||
	    strcmp(result->boot.plan.why, step->value))
		tell(run, false, "the story goes another way", result);
}

// A boot, cut at each of its writes. Before it, the system that was up shuts down.
static void story_boot(struct run *run, struct fat *v, const struct step *step)
{
	static struct boot_result result;
	struct fat_image image;
	struct run before;

	run->booting = false;
	fat_remount(v, false);
	cut_everywhere(run, 0, run->effort->bound);
	snapshots_used[0] = 0;
	if (run->judged)
		memset(run->ledger.attempts, 0, sizeof(run->ledger.attempts));
	run->judged = false;
	image = v->disk;
	fat_mount(v, run->geometry, &image);
	v->on_event = take_snapshot;
	run->states = 0;
	run->ledger.writing = false;
	note_state(run, v);
	run->booting = true;
	before = *run;
	sim_boot(v, &run->world, &result);
	expect_boot(run, step, &result);
	note_state(&before, v);
	cut_everywhere(&before, 0, run->effort->bound);
	snapshots_used[0] = 0;
	check_boot(run, v, &result);
	run->states = 0;
	run->booting = false;
	note_state(run, v);
}

// A writer of the operating system. It sets what was there since the last boot, and so may the cut.
static void story_write(struct run *run, struct fat *v, const struct step *step)
{
	run->ledger.writing = true;
	fat_remount(v, true);
	if (step->kind == STEP_SET)
		os_set(v, step->key, step->value);
	else if (step->kind == STEP_RESET)
		os_reset_count(v);
	else
		os_write_other(v);
	note_state(run, v);
	cut_everywhere(run, 0, run->effort->bound);
	snapshots_used[0] = 0;
	run->judged = run->judged || (step->kind == STEP_SET && !strcmp(step->key, "upgrade_available"));
}

// Everything is on the disk, and only the newest state can be found from now on.
static void story_sync(struct run *run, struct fat *v)
{
	v->on_event = NULL;
	fat_sync(v);
	run->states = 0;
	note_state(run, v);
}

void run_story(const struct story *story, const struct geometry *geometry, bool apart,
	const struct effort *effort, struct tally *tally)
{
	static struct fat v;
	struct run run = { .story = story, .geometry = geometry, .effort = effort, .tally = tally };
	struct fat_image image;

	memset(seen, 0, sizeof(seen));
	memcpy(run.world.slot, story->slot, sizeof(run.world.slot));
	install(story, geometry, &image);
	fat_mount(&v, geometry, &image);
	snapshots_level = snapshots_used[0] = 0;
	for (const struct step *step = story->step; step->kind; step++, run.step++) {
		snapshots_level = 0;
		v.on_event = take_snapshot;
		switch (step->kind) {
		case STEP_BOOT:
			story_boot(&run, &v, step);
			break;
		case STEP_INSTALL:
			run.world.slot[step->slot] = step->outcome;
			break;
		case STEP_OVERRIDE:
			run.world.bad_override = step->key;
			run.world.override = step->outcome;
			break;
		case STEP_SYNC:
			story_sync(&run, &v);
			break;
		default:
			story_write(&run, &v, step);
			if (apart)
				story_sync(&run, &v);
		}
	}
}
