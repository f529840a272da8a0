// SPDX-License-Identifier: Apache-2.0
/*
 * Power cuts in every story of the boot state. Usage: sim [--short] [--quiet]
 *
 * Exit status: 0 all invariants hold, 1 something was violated.
 */

#include <stdio.h>
#include <string.h>

#include "story.h"

// balena-imx as mkfs.vfat makes it has a label's slot in front: pairs of slots then lie across sectors.
static const struct geometry geometries[] = {
	{ "2048-byte clusters", 4, 1 },
	{ "512-byte clusters", 1, 1 },
	{ "names across two sectors", 4, 13 },
};
#define GEOMETRIES (sizeof(geometries) / sizeof(geometries[0]))

static void say(const struct story *story, const struct tally *t)
{
	printf("%-40s %8lu cut points, %7lu distinct; then found: state %lu, older state %lu, copy %lu, none %lu; "
		"at most %u boots in vain\n", story->name, t->cuts, t->distinct, t->found[FOUND_LIVE],
		t->found[FOUND_OLDER], t->found[FOUND_COPY], t->found[FOUND_NOTHING], t->most_boots);
}

int main(int argc, char **argv)
{
	struct effort effort = { 400, 24 };
	struct tally sum = { 0 };

	if (argc > 1 && !strcmp(argv[1], "--short"))
		effort = (struct effort){ 60, 0 };
	for (unsigned int i = 0; i < stories_count; i++) {
		struct tally tally = { 0 };

		for (size_t j = 0; j < GEOMETRIES; j++)
			run_story(&stories[i], &geometries[j], &effort, &tally);
		say(&stories[i], &tally);
		sum.cuts += tally.cuts;
		sum.violations += tally.violations;
		sum.bricks += tally.bricks;
	}
	if (sum.violations)
		printf("%lu violations\n", sum.violations);
	printf("sim: %u stories, %lu cut points, %lu bricks\n", stories_count, sum.cuts, sum.bricks);
	return sum.violations > 0;
}
