/* SPDX-License-Identifier: Apache-2.0 */
/* What one boot did and why, as one JSON object: for the OS, or kept on the disk after a failure. */
#ifndef BB_REPORT_H
#define BB_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "slot.h"

/* The file on the boot volume in which the report of a boot that was given up is kept. */
#define KEPT_REPORT "bootreport.json"
#define REPORT_SIZE 4096
#define REPORT_DETAIL_MAX 128
#define REPORT_STAGES_MAX 24
#define REPORT_WARNINGS_MAX 384

struct report_fault {
	int error;         /* enum bb_error; 0: none */
	const char *stage; /* where */
	char detail[REPORT_DETAIL_MAX]; /* the object and the reason */
};

/*
 * Records why something cannot go on: the object, made printable, and the errno (positive; 0: none).
 * Returns error.
 */
int report_fail(struct report_fault *fault, int error, const char *object, int reason);

struct report_kernel {
	char path[128];
	uint64_t size;      /* bytes of the Image as it was loaded */
	uint8_t digest[32]; /* Authenticode SHA-256, as the signature states it */
	char signer[64];    /* subject of the certificate that the signature names */
	uint32_t version;   /* security version */
};

struct report {
	const char *variant, *stage;
	struct report_fault fault; /* why the boot was given up */
	const char *device;        /* "closed", "open", "unreadable"; NULL: not known yet */
	char disk[32];
	unsigned int layout;       /* of the encrypted volumes; 0: not known yet, or none */
	const struct slot_plan *plan;  /* NULL: not known yet */
	unsigned int attempts;         /* candidates of the plan that were tried */
	struct report_fault attempt[SLOT_CANDIDATES_MAX];
	struct {
		char medium[32];    /* partition with the installer's root; "" when none was found */
		bool authenticated; /* by a manifest, whose version this is: */
		uint32_t version;
	} installer;
	struct report_kernel kernel;   /* path is "" until one was found */
	char lockdown[24];             /* "" until it was read */
	bool enforced;                 /* every check of the enforcement stage passed */
	uint64_t rng_wait;             /* microseconds */
	char dropped_words[256];       /* names of first-stage words that do not reach the OS */
	char warnings[REPORT_WARNINGS_MAX]; /* lines */
	unsigned int stages;
	struct {
		const char *name;
		uint64_t start, end; /* microseconds since the kernel's start */
	} stage_time[REPORT_STAGES_MAX];
};

/*
 * Writes the report into ret, at most REPORT_SIZE bytes, NUL included. The fault stands first, so
 * that two reports of the same fault start with the same bytes (report_fault_length).
 * Returns its length. What does not fit is left out, and "shortened" says so: first the lists of
 * words and warnings, then the times, then the attempts; everything else always fits.
 */
size_t report_render(const struct report *report, char ret[static REPORT_SIZE]);

/* How many leading bytes of a rendered report name its fault. */
size_t report_fault_length(const char *rendered);

#endif
