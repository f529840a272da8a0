// SPDX-License-Identifier: Apache-2.0
/*
 * /init. The boot is the list of stages below, from top to bottom. A stage yields what the next one
 * needs, or ends the boot with a named error. From `volumes` to `load` the stages belong to one
 * candidate; when one of them fails, they start again with the next candidate.
 */

#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "error.h"
#include "giveup.h"
#include "mounts.h"
#include "system.h"

struct stage {
	const char *name;
	boot_stage *run;
	bool candidate; // belongs to the candidate that is being tried
};

static const struct stage start = { "start", start_stage, false };

static const struct stage bootloader_stages[] = {
	{ "enforcement", enforcement_stage, false },
	{ "device", device_stage, false },
	{ "disk", disk_stage, false },
	{ "key", key_stage, false },
	{ "slot", slot_stage, false },
	{ "volumes", volumes_stage, true },
	{ "kernel", kernel_stage, true },
	{ "load", load_stage, true },
	{ "handover", handover_stage, false },
	{ NULL, NULL, false },
};

static const struct stage os_stages[] = {
	{ "device", device_stage, false },
	{ "disk", disk_stage, false },
	{ "key", key_stage, false },
	{ "volumes", all_volumes_stage, false },
	{ "report", publish_stage, false },
	{ "root", switch_root_stage, false },
	{ NULL, NULL, false },
};

static const struct stage unlock_stages[] = {
	{ "device", device_stage, false },
	{ "disk", disk_stage, false },
	{ "key", key_stage, false },
	{ "volumes", all_volumes_stage, false },
	{ "report", publish_stage, false },
	{ "root", name_root_stage, false },
	{ NULL, NULL, false },
};

// The bootloader of an installer's medium: no key, and nothing of the device's own disk.
static const struct stage flasher_stages[] = {
	{ "enforcement", enforcement_stage, false },
	{ "device", device_stage, false },
	{ "medium", medium_stage, false },
	{ "installer", installer_stage, false },
	{ "kernel", kernel_stage, false },
	{ "load", load_stage, false },
	{ "handover", handover_stage, false },
	{ NULL, NULL, false },
};

static const struct stage installer_stages[] = {
	{ "device", device_stage, false },
	{ "medium", medium_stage, false },
	{ "installer", installer_stage, false },
	{ "report", publish_stage, false },
	{ "root", switch_installer_stage, false },
	{ NULL, NULL, false },
};

static const struct stage *const stage_lists[] = {
	[STAGE_BOOTLOADER] = bootloader_stages,
	[STAGE_OS] = os_stages,
	[STAGE_UNLOCK] = unlock_stages,
	[STAGE_FLASHER] = flasher_stages,
	[STAGE_INSTALLER] = installer_stages,
};

int boot_fail(struct boot *b, int error, const char *object, int reason)
{
	return report_fail(&b->report.fault, error, object, reason);
}

void boot_warn(struct boot *b, const char *text, const char *object)
{
	struct text warnings = {
		.data = b->report.warnings,
		.size = sizeof(b->report.warnings),
		.used = strlen(b->report.warnings),
	};

	boot_say(b, text, object);
	if (warnings.used)
		text_add_char(&warnings, '\n');
	text_add(&warnings, text);
	text_add(&warnings, object);
}

void boot_say(const struct boot *b, const char *text, const char *object)
{
	char line[256];
	struct text message = TEXT_IN(line);
	cleanup_fd int kmsg = -1;

	if (b->config.variant != VARIANT_DEVELOPMENT)
		return;
	text_add(&message, "<5>init: ");
	text_add(&message, text);
	text_add_printable(&message, object);
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (kmsg >= 0 && write(kmsg, line, message.used) < 0)
		return;
}

static int run_stage(struct boot *b, const struct stage *stage)
{
	struct report *report = &b->report;
	unsigned int i = report->stages;
	int error;

	if (i < REPORT_STAGES_MAX) {
		report->stage_time[i].name = stage->name;
		report->stage_time[i].start = now_us();
		report->stages++;
	}
	boot_say(b, "stage ", stage->name);
	error = stage->run(b);
	if (i < REPORT_STAGES_MAX)
		report->stage_time[i].end = now_us();
	if (error) {
		report->fault.stage = stage->name;
		return error;
	}
	report->fault = (struct report_fault){ 0 };
	if (b->watchdog >= 0)
		device_control(b->watchdog, WDIOC_KEEPALIVE, NULL);
	return 0;
}

// Whether there is another candidate after one has failed; what the failed one had open is closed.
static bool next_candidate(struct boot *b)
{
	struct report *report = &b->report;

	report->attempt[b->candidate] = report->fault;
	boot_say(b, "candidate failed: ", bb_error_name(report->fault.error));
	close_candidate(b);
	if (b->candidate + 1 == b->plan.candidates) {
		report->fault = report->attempt[0];
		return false;
	}
	b->candidate++;
	report->fault = (struct report_fault){ 0 };
	report->kernel = (struct report_kernel){ 0 };
	return true;
}

// Runs a list from its first stage; the last one does not return when all went well.
static int run_stages(struct boot *b, const struct stage *stage)
{
	const struct stage *first_of_candidate = NULL;

	for (; stage->run; stage++) {
		int error;

		if (stage->candidate && !first_of_candidate)
			first_of_candidate = stage;
		if (stage->candidate)
			b->report.attempts = b->candidate + 1;
		error = run_stage(b, stage);
		if (!error)
			continue;
		if (!stage->candidate || !next_candidate(b))
			return error;
		stage = first_of_candidate - 1;
	}
	return 0;
}

int main(void)
{
	static struct boot b = { .boot_dir = -1, .kernel = -1, .watchdog = -1 };
	int error;

	b.report.stage = b.report.variant = "unknown";
	error = run_stage(&b, &start);
	if (!error)
		error = run_stages(&b, stage_lists[b.config.stage]);
	if (!error)
		return 0;
	return give_up(&b);
}
