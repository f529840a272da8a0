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
	STEP_SYNC,     /* half a minute goes by: everything is on the disk */
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
	bool known_limit;           /* see is_known_limit in story.c */
	bool overwrites;            /* an update that is not confirmed replaces the slot it would go back to */
	struct step step[STEPS_MAX];
};

extern const struct story stories[];
extern const unsigned int stories_count;

struct tally {
	unsigned long cuts;                    /* disks that a cut may leave */
	unsigned long distinct;                /* of them, each once */
	unsigned long found[4];                /* what the next boot found first; enum found */
	unsigned long bricks, violations;
	unsigned long limits;                  /* disks that a known limit makes a brick */
	unsigned long unconfirmed;             /* ... that came up, wrote nothing, and went back to a bad slot */
	unsigned long refusals;                /* boots of a volume that cannot be written */
	unsigned int in_vain; /* boots behind a cut before a system came up */
};

/*
 * What bootenv holds after a cut: a state of before or of after an edit, an older one (its cluster was
 * that of an older file, and the data never got there), none but the copy has one, or none at all.
 */
enum found { FOUND_LIVE, FOUND_OLDER, FOUND_COPY, FOUND_NOTHING };

struct effort {
	unsigned int bound;   /* of fat_cut */
	unsigned int second;  /* the same for cuts in the boots behind a cut; 0: none there */
	unsigned int editenv; /* end states that grub-editenv is run on */
	unsigned int refusals; /* each disk also on a volume that cannot be written, in this many ways */
};

/*
 * Tells each violation on standard output, the first few of them. With `apart`, half a minute goes by after
 * each edit of the operating system.
 */
void run_story(const struct story *story, const struct geometry *geometry, bool apart,
	const struct effort *effort, struct tally *tally);

/* Every state and every outcome; tells the first violation and returns how many there are. */
unsigned long try_fallbacks(const struct geometry *geometry, unsigned long *ret_boots);

/* A boot state that a story ended in; most of them, each once, are compared. Returns how many differ. */
void note_end_state(const uint8_t *data, size_t size);
unsigned long compare_with_editenv(unsigned int most);

#endif
