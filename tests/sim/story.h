/* SPDX-License-Identifier: Apache-2.0 */
/* Stories, and the engine that cuts them. */
#ifndef BB_SIM_STORY_H
#define BB_SIM_STORY_H

#include "sim.h"

enum step_kind {
	STEP_END,
	STEP_BOOT,     /* after a clean shutdown, or a reset if the system hangs; expects who comes up and why */
	STEP_SET,      /* grub-editenv set key=value */
	STEP_RESET,    /* the sed of rollback-stop */
	STEP_OTHER,    /* another file is written */
	STEP_INSTALL,  /* a slot gets another system */
	STEP_OVERRIDE, /* how the override kernel of that name turns out */
};

struct step {
	enum step_kind kind;
	const char *key, *value; /* STEP_SET; STEP_BOOT: 'A', 'B' or '-' (nobody) and why; STEP_OVERRIDE: its name */
	enum slot slot;          /* STEP_INSTALL */
	enum outcome outcome;    /* STEP_INSTALL, STEP_OVERRIDE */
};

#define STEPS_MAX 40

struct story {
	const char *name;
	const char *bootenv, *copy; /* lines at the beginning; NULL: no file */
	size_t size;                /* of the files; 0: 1024 bytes */
	enum outcome slot[2];
	struct step step[STEPS_MAX];
};

extern const struct story stories[];
extern const unsigned int stories_count;

struct tally {
	unsigned long cuts;                    /* disks that a cut may leave */
	unsigned long distinct;                /* of them, each once */
	unsigned long found[4];                /* what the next boot found first; enum found */
	unsigned long bricks, violations;
	unsigned int most_boots; /* until a system came up */
};

enum found { FOUND_LIVE, FOUND_OLDER, FOUND_COPY, FOUND_NOTHING };

/* What is tried: bound is that of fat_cut, second that of cuts in the boots after a cut. */
struct effort {
	unsigned int bound, second;
};

/* Tells each violation on standard output, the first few of them. */
void run_story(const struct story *story, const struct geometry *geometry, const struct effort *effort,
	struct tally *tally);

/* Called with each distinct boot state that a story ended in. */
typedef void end_state(const uint8_t *data, size_t size);
extern end_state *on_end_state;

#endif
