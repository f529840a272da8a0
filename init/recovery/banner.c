// SPDX-License-Identifier: Apache-2.0
// The shell's first words: what failed, what is open, what to try.

#include "boot.h"
#include "error.h"
#include "mounts.h"
#include "recovery.h"

static const char *meaning_of(int error)
{
	switch (error) {
#define MEANING(number, constant, name, meaning) case number: return meaning;
		BB_ERROR_TABLE(MEANING)
#undef MEANING
	default: return "unknown";
	}
}

static void add_line(struct text *t, const char *what, const char *value)
{
	text_add(t, what);
	text_add(t, value);
	text_add_char(t, '\n');
}

// "kernel-unsigned (65)"
static void add_error(struct text *t, int error)
{
	text_add(t, bb_error_name(error));
	text_add(t, " (");
	text_add_number(t, (uint64_t)error);
	text_add_char(t, ')');
}

static void add_fault(struct text *t, const struct report_fault *fault)
{
	add_error(t, fault->error);
	text_add(t, ": ");
	text_add(t, meaning_of(fault->error));
	text_add(t, "\n          ");
	text_add(t, fault->detail);
	text_add_char(t, '\n');
}

static void add_why(struct text *t, const struct boot *b, const struct recovery *r)
{
	if (r->asked) {
		add_line(t, "Why       asked for: ", r->asked);
		return;
	}
	text_add(t, "Why       the boot was given up in the stage ");
	add_line(t, r->fault.stage ? r->fault.stage : "unknown", "");
	text_add(t, "Failed    ");
	add_fault(t, &r->fault);
	for (unsigned int i = 1; i < b->report.attempts && i < b->plan.candidates; i++) {
		text_add(t, "Then      root ");
		text_add_char(t, slot_letter(b->plan.candidate[i].slot));
		text_add(t, ": ");
		add_fault(t, &b->report.attempt[i]);
	}
	text_add(t, "Remedy    bbctl report /mnt/");
	text_add(t, volume_name(b->closed ? VOLUME_IMX : VOLUME_BOOT));
	text_add(t, "/" KEPT_REPORT "; or docs/errors.md, number ");
	text_add_number(t, (uint64_t)r->fault.error);
	text_add_char(t, '\n');
}

static void add_volume(struct text *t, const struct boot *b, enum volume v,
	const struct recovery_volume *volume)
{
	bool mapped = b->mapped[v];

	text_add(t, "          ");
	text_add(t, volume_name(v));
	if (volume->fault.error) {
		text_add(t, ": not open: ");
		add_error(t, volume->fault.error);
		add_line(t, ": ", volume->fault.detail);
		return;
	}
	text_add(t, mapped ? ": /dev/mapper/" : ": /dev/");
	text_add(t, mapped ? b->volumes.at[v].label : b->volumes.at[v].node);
	if (volume->mounted) {
		text_add(t, ", read-only at /mnt/");
		text_add(t, volume_name(v));
	}
	text_add_char(t, '\n');
}

static void add_set_up(struct text *t, const struct boot *b, const struct recovery *r)
{
	text_add(t, "Device    ");
	text_add(t, b->report.device);
	text_add(t, ", disk ");
	text_add(t, b->report.disk[0] ? b->report.disk : "not found");
	if (b->layout) {
		text_add(t, ", layout ");
		text_add_number(t, b->layout->number);
	}
	text_add_char(t, '\n');
	add_line(t, "Open      ", "(no key is left, and none can be had here)");
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		if (r->volume[v].tried)
			add_volume(t, b, v, &r->volume[v]);
	}
}

static void add_ways_on(struct text *t, const struct recovery *r)
{
	text_add(t, "Try       boot A, boot B    goes on from here with that slot\n"
		    "          dmesg | tail      what the kernel says\n"
		    "          bbctl, dmsetup, keyctl, kexec, e2fsck, fsck.vfat, busybox\n"
		    "          help              these lines again\n"
		    "          exit              restarts the device; so do ");
	text_add_number(t, r->timeout);
	text_add(t, " s without a key\n");
}

void recovery_banner(const struct boot *b, const struct recovery *r,
	char ret[static RECOVERY_BANNER_SIZE])
{
	struct text text = text_in(ret, RECOVERY_BANNER_SIZE);

	text_add(&text, "\n--- recovery shell of the balena bootloader, development variant ---\n");
	add_why(&text, b, r);
	add_set_up(&text, b, r);
	add_ways_on(&text, r);
	text_add(&text, "--- the recovery shell is open ---\n");
}
