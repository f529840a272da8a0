/* SPDX-License-Identifier: Apache-2.0 */
/* The stages of a boot with their times, out of a report, and how they are shown. */
#ifndef BB_TIMELINE_H
#define BB_TIMELINE_H

#include "report-json.h"
#include "text.h"

/* As many as a report of init has (REPORT_STAGES_MAX), and a name longer than any of them. */
#define TIMELINE_STAGES_MAX 24
#define TIMELINE_NAME_SIZE 16

/* Each rendering fits into this, whatever the report says. */
#define TIMELINE_TEXT_SIZE 65536

struct timeline {
	size_t count;
	size_t left_out; /* stages that are more than there can be */
	uint64_t total;  /* microseconds from the kernel's start to the last time of all, at least 1 */
	struct timeline_stage {
		char name[TIMELINE_NAME_SIZE]; /* printable ASCII */
		uint64_t start, end;           /* microseconds since the kernel's start */
		bool ended;                    /* else there is no end in the report */
		bool failed;                   /* it ended an attempt, or the boot */
	} stage[TIMELINE_STAGES_MAX];
};

/* Every report has a timeline; it may be empty. */
void timeline_read(const struct json_object *report, struct timeline *ret);

/* Bars of characters, for a terminal. */
void timeline_text(const struct timeline *timeline, struct text *t);

/* An SVG 1.1 document. */
void report_svg(const struct json_object *report, struct text *t);

/* The text format of Prometheus (exposition formats, version 0.0.4), for a node exporter's directory. */
void report_metrics(const struct json_object *report, struct text *t);

/* Adds formatted text of at most 255 bytes. */
void text_format(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Adds a string of a report as printable ASCII: at most max characters, '?' for every other byte,
 * and "?" for NULL. quote, if any, is called for the characters that need it.
 */
void text_add_plain(struct text *t, const char *string, size_t max,
	const char *(*quote)(char c));

#endif
