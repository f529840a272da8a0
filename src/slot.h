/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which root and which kernel are tried, and in which order: a pure function of the boot state, so
 * that every state can be tried on the host.
 */
#ifndef BB_SLOT_H
#define BB_SLOT_H

#include "bootenv.h"

/* The raised count at which an update that was never confirmed is taken back. */
#define SLOT_ROLLBACK_COUNT 3

/* At most: each slot with its override kernel, then with its own. */
#define SLOT_CANDIDATES_MAX 4

struct slot_candidate {
	enum slot slot;
	const char *abi; /* kernel override on the data volume; "" is the kernel of the root itself */
};

struct slot_plan {
	bool count;             /* the attempt must be on the disk before it is made ... */
	unsigned int bootcount; /* ... with this count */
	const char *why;        /* why the first candidate is the first: a word for the report */
	unsigned int candidates;
	struct slot_candidate candidate[SLOT_CANDIDATES_MAX]; /* abi points into the bootenv */
};

/*
 * Candidates in the order in which they are tried: when one fails, the next one is tried in the
 * same boot. Never fails: every bootenv has a plan.
 */
void slot_decide(const struct bootenv *env, struct slot_plan *ret);

#endif
