// SPDX-License-Identifier: Apache-2.0
/*
 * Power cuts in every story of the boot state. Usage: sim [--tests | --first]
 *
 * --tests: fewer choices at each cut, and a line "ok" or "not ok" for each test. --first: the same, and ends
 * at the first violation. Exit status: 0 all invariants hold, 1 something was violated.
 */

#include <stdio.h>
#include <string.h>

#include "story.h"

// The first slot of a FAT's root directory is the label. The pair of a long and a short name then lies
// across two sectors where seven files stand in front.
static const struct geometry geometries[] = {
	{ "2048-byte clusters", 4, 1 },
	{ "names across two sectors", 4, 13 },
	{ "512-byte clusters", 1, 1 },
};
#define GEOMETRIES (sizeof(geometries) / sizeof(geometries[0]))

static bool tests;

static bool verdict(const char *name, unsigned long violations)
{
	if (tests)
		printf("%s sim: %s\n", violations ? "not ok" : "ok", name);
	return violations > 0;
}

static void say(const struct story *story, const struct tally *t)
{
	printf("# %s: %lu cut points, %lu different disks; found state %lu, older state %lu, copy %lu, none %lu; "
		"%u boots in vain at most, %lu unwritable\n", story->name, t->cuts, t->distinct, t->found[FOUND_LIVE],
		t->found[FOUND_OLDER], t->found[FOUND_COPY], t->found[FOUND_NOTHING], t->in_vain, t->refusals);
	if (t->limits)
		printf("# %s: known limit: %lu disks\n", story->name, t->limits);
	if (t->unconfirmed)
		printf("# %s: up, never confirmed, and gone back to a bad slot: %lu disks\n", story->name, t->unconfirmed);
}

int main(int argc, char **argv)
{
	bool first = argc > 1 && !strcmp(argv[1], "--first");
	struct effort effort = { .bound = 24, .second = 2, .editenv = 1000, .refusals = REFUSALS - 1 };
	unsigned long cuts = 0, bricks = 0, boots;
	bool failed;

	tests = argc > 1 && !first && !strcmp(argv[1], "--tests");
	if (tests || first)
		effort = (struct effort){ .bound = first ? 12 : 5, .editenv = 40, .refusals = 1 };
	failed = verdict("fallback in the same boot", try_fallbacks(&geometries[0], &boots));
	printf("# fallback: %lu states and outcomes\n", boots);
	for (unsigned int i = 0; i < stories_count && !(first && failed); i++) {
		struct tally tally = { 0 };

		for (size_t j = 0; j < GEOMETRIES; j++)
			run_story(&stories[i], &geometries[j], false, &effort, &tally);
		run_story(&stories[i], &geometries[0], true, &effort, &tally);
		// A limit that nothing reaches is none.
		failed |= verdict(stories[i].name, tally.violations + (stories[i].known_limit && !tally.limits));
		say(&stories[i], &tally);
		cuts += tally.cuts;
		bricks += tally.bricks;
	}
	if (!first)
		failed |= verdict("grub-editenv reads the same", compare_with_editenv(effort.editenv));
	printf("%ssim: %u stories, %lu cut points, %lu bricks\n", tests ? "# " : "", stories_count, cuts, bricks);
	return failed;
}
