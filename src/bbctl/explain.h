/* SPDX-License-Identifier: Apache-2.0 */
/* bbctl explain: what its steps share, and how they tell. */
#ifndef BB_EXPLAIN_H
#define BB_EXPLAIN_H

#include <stdbool.h>

#include "boot-volume.h"
#include "bootstate.h"
#include "config.h"
#include "partitions.h"
#include "slot.h"
#include "text.h"
#include "verdict.h"

struct explain {
	const char *file;
	bool closed;
	uint32_t accepted; /* enum config_layout */
	uint32_t key_source; /* enum config_key_source */
	struct partitions partitions;
	struct boot_volume volume;  /* balena-imx, or an open device's boot volume */
	struct bootstate state;
	struct slot_plan plan;
	struct verdict verdict;     /* the first reason for which the boot would be given up */
	struct json_object *kept;   /* the report of a boot that was given up; NULL: none */
	struct text json;           /* data is NULL without --json */
};

/*
 * A step: its name is that of init's stage. Between the two, evidence. A refusal is explained with
 * its remedy; it counts for the whole boot if it is the first.
 */
void begin_step(struct explain *e, const char *stage, const char *title);
void end_step(struct explain *e, const struct verdict *verdict);

/* One piece of evidence: a line. */
void say(struct explain *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The steps, in init's order; each looks at what it can see even if one before it was refused. */
void explain_key(struct explain *e);
void explain_slot(struct explain *e);
void explain_candidates(struct explain *e);
void explain_report(struct explain *e);

/* The plan and the kept report as members of the JSON object. */
void explain_plan(struct explain *e);
void explain_kept(struct explain *e);

/* Frees and closes what the steps have opened. */
void explain_end(struct explain *e);

#endif
