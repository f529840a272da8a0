// SPDX-License-Identifier: Apache-2.0
// Renders the boot report; see report.h.

#include <string.h>

#include "error.h"
#include "json.h"
#include "report.h"

int report_fail(struct report_fault *fault, int error, const char *object, int reason)
{
	struct text detail = TEXT_IN(fault->detail);

	text_add_printable(&detail, object);
	if (reason) {
		text_add(&detail, ": ");
		text_add(&detail, strerror(reason));
	}
	fault->error = error;
	return error;
}

static void add_fault(struct text *t, const char *name, const struct report_fault *fault)
{
	if (!fault->error) {
		json_null(t, name);
		return;
	}
	json_open(t, name, '{');
	json_string(t, "name", bb_error_name(fault->error));
	json_number(t, "number", (uint64_t)fault->error);
	json_string(t, "stage", fault->stage);
	json_string(t, "detail", fault->detail);
	json_close(t, '}');
}

static void add_slot(struct text *t, const struct slot_candidate *candidate)
{
	const char slot[] = { slot_letter(candidate->slot), '\0' };

	json_string(t, "slot", slot);
	json_string(t, "override", candidate->abi[0] ? candidate->abi : NULL);
}

// The candidate that is being tried or was started is the last one of the attempts.
static void add_plan(struct text *t, const struct report *report, bool with_attempts)
{
	const struct slot_plan *plan = report->plan;

	if (!plan)
		return;
	add_slot(t, &plan->candidate[report->attempts ? report->attempts - 1 : 0]);
	json_string(t, "why", plan->why);
	if (plan->count)
		json_number(t, "bootcount", plan->bootcount);
	if (!with_attempts)
		return;
	json_open(t, "attempts", '[');
	for (unsigned int i = 0; i < report->attempts; i++) {
		json_open(t, NULL, '{');
		add_slot(t, &plan->candidate[i]);
		add_fault(t, "error", &report->attempt[i]);
		json_close(t, '}');
	}
	json_close(t, ']');
}

static void add_kernel(struct text *t, const struct report_kernel *kernel)
{
	char digest[2 * sizeof(kernel->digest) + 1];
	struct text hex = TEXT_IN(digest);

	if (!kernel->path[0])
		return;
	text_add_hex(&hex, kernel->digest, sizeof(kernel->digest));
	json_open(t, "kernel", '{');
	json_string(t, "path", kernel->path);
	json_number(t, "size", kernel->size);
	json_string(t, "sha256", digest);
	json_string(t, "signer", kernel->signer);
	json_number(t, "version", kernel->version);
	json_close(t, '}');
}

static void add_installer(struct text *t, const struct report *report)
{
	if (!report->installer.medium[0])
		return;
	json_open(t, "installer", '{');
	json_string(t, "medium", report->installer.medium);
	json_bool(t, "authenticated", report->installer.authenticated);
	if (report->installer.authenticated)
		json_number(t, "version", report->installer.version);
	json_close(t, '}');
}

// An array of the pieces of a string.
static void add_list(struct text *t, const char *name, const char *list, char separator)
{
	const char separators[] = { separator, '\0' };

	json_open(t, name, '[');
	for (size_t n; *list; list += n + (list[n] ? 1 : 0)) {
		char piece[REPORT_WARNINGS_MAX];

		n = strcspn(list, separators);
		memcpy(piece, list, n);
		piece[n] = '\0';
		if (n)
			json_string(t, NULL, piece);
	}
	json_close(t, ']');
}

static void add_times(struct text *t, const struct report *report)
{
	json_open(t, "stages", '[');
	for (unsigned int i = 0; i < report->stages; i++) {
		json_open(t, NULL, '{');
		json_string(t, "name", report->stage_time[i].name);
		json_number(t, "start", report->stage_time[i].start);
		json_number(t, "end", report->stage_time[i].end);
		json_close(t, '}');
	}
	json_close(t, ']');
}

/*
 * What is left out when a report is too long, in this order. A real one has room for everything;
 * the first-stage bootloader can fill the lists, and a disk the details.
 */
enum shortening { WHOLE, WITHOUT_LISTS, WITHOUT_TIMES, WITHOUT_ATTEMPTS };

static struct text render(const struct report *report, enum shortening shortening,
	char ret[static REPORT_SIZE])
{
	struct text t = text_in(ret, REPORT_SIZE);

	json_open(&t, NULL, '{');
	add_fault(&t, "error", &report->fault);
	json_string(&t, "version", BB_VERSION);
	json_string(&t, "variant", report->variant);
	json_string(&t, "stage", report->stage);
	json_string(&t, "device", report->device);
	json_string(&t, "disk", report->disk[0] ? report->disk : NULL);
	if (report->layout)
		json_number(&t, "layout", report->layout);
	add_plan(&t, report, shortening < WITHOUT_ATTEMPTS);
	add_installer(&t, report);
	add_kernel(&t, &report->kernel);
	json_open(&t, "enforcement", '{');
	json_string(&t, "lockdown", report->lockdown[0] ? report->lockdown : NULL);
	json_bool(&t, "checked", report->enforced);
	json_number(&t, "rng_wait", report->rng_wait);
	json_close(&t, '}');
	if (shortening < WITHOUT_LISTS) {
		add_list(&t, "dropped_words", report->dropped_words, ' ');
		add_list(&t, "warnings", report->warnings, '\n');
	}
	if (shortening < WITHOUT_TIMES)
		add_times(&t, report);
	if (shortening > WHOLE)
		json_bool(&t, "shortened", true);
	json_close(&t, '}');
	return t;
}

size_t report_render(const struct report *report, char ret[static REPORT_SIZE])
{
	struct text t;
	enum shortening shortening = WHOLE;

	do {
		t = render(report, shortening, ret);
	} while (t.overflow && shortening++ < WITHOUT_ATTEMPTS);
	return t.used;
}

size_t report_fault_length(const char *rendered)
{
	const char *end = strstr(rendered, "\"number\":");

	return end ? (size_t)(end - rendered) : 0;
}
