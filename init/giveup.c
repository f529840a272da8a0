// SPDX-License-Identifier: Apache-2.0
// A boot that is given up: the report is kept on the disk, then the device is reset.

#include <errno.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "giveup.h"
#include "installer.h"
#include "mounts.h"
#include "system.h"

// The delay of a configuration that could not be read, in seconds.
#define DEFAULT_REBOOT_DELAY 10

/*
 * The file has its full size from the day on which it was made, so that writing changes no
 * allocation. It is written only when its fault changes: a boot loop must not wear the flash out.
 */
static int write_report(struct boot *b, const char *report, size_t length)
{
	char kept[REPORT_SIZE] = { 0 };
	int size = read_file(b->boot_dir, KEPT_REPORT, kept, sizeof(kept));
	int error;

	if (size == -EFBIG) // not one of ours, and what is behind would not be compared
		return size;
	if (size > 0 && !memcmp(kept, report, report_fault_length(report)))
		return 0;
	memset(kept, ' ', sizeof(kept));
	memcpy(kept, report, length);
	kept[sizeof(kept) - 1] = '\n';
	error = remount_boot_volume(b, true);
	return error ? error : write_file(b->boot_dir, KEPT_REPORT, 0, kept, sizeof(kept));
}

/*
 * As far as it is possible: a boot can fail before there is a disk to keep anything on. As a step
 * of another initramfs, which may have mounted the volume, nothing is kept: the caller is told. From
 * an installer's medium nothing is: the device's disk is not touched.
 */
static void keep_report(struct boot *b)
{
	struct report_fault fault = b->report.fault;
	char report[REPORT_SIZE];
	size_t length = report_render(&b->report, report);
	int error;

	if (b->config.stage == STAGE_UNLOCK || boot_installs(b))
		return;
	if (!b->report.disk[0] && !device_stage(b))
		disk_stage(b);
	error = mount_boot_volume(b) || write_report(b, report, length);
	boot_say(b, error ? "report cannot be kept: " : "report kept in ", KEPT_REPORT);
	b->report.fault = fault;
	remount_boot_volume(b, false);
}

static void say_refused(const struct boot *b)
{
	char line[224];
	struct text text = TEXT_IN(line);

	text_add(&text, bb_error_name(b->report.fault.error));
	text_add(&text, " (");
	text_add_number(&text, (uint64_t)b->report.fault.error);
	text_add(&text, "): ");
	text_add(&text, b->report.fault.detail);
	boot_say(b, "refused ", line);
	text_add_char(&text, '\n');
	if (getpid() != 1 && write(STDERR_FILENO, line, text.used) < 0)
		return;
}

int give_up(struct boot *b)
{
	struct timespec delay = { .tv_sec = DEFAULT_REBOOT_DELAY };

	say_refused(b);
	close_installer(b);
	put_away(b);
	keep_report(b);
	if (getpid() != 1)
		return 1;
	sync();
	if (b->config.disk[0])
		delay.tv_sec = (time_t)b->config.reboot_delay;
	nanosleep(&delay, NULL);
	reboot(LINUX_REBOOT_CMD_RESTART);
	return 1;
}
