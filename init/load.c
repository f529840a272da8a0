// SPDX-License-Identifier: Apache-2.0
// Composes the OS's command line and its report and has the running kernel check and load it all.

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "boot.h"
#include "cpio.h"
#include "error.h"
#include "system.h"

// Where the OS's initramfs finds the report; see publish_stage.
#define REPORT_DIRECTORY "balena-bootloader"
#define REPORT_FILE "report.json"

// The device tree goes on to the OS, and nobody has signed the firmware that its /chosen may name.
#define NO_FIRMWARE "efi=noruntime"

/*
 * Listed words of the first stage, then the signed ones, so that the signed ones win where the last
 * word counts; then what this boot decided.
 */
static int compose(struct boot *b, struct text *line)
{
	const struct slot_candidate *candidate = boot_candidate(b);
	struct text dropped = TEXT_IN(b->report.dropped_words);

	cmdline_filter(b->words, b->config.cmdline_pass, line, &dropped);
	cmdline_add(line, b->config.cmdline_add);
	cmdline_add(line, NO_FIRMWARE);
	if (b->config.os_watchdog) {
		cmdline_add(line, "watchdog.open_timeout=");
		text_add_number(line, b->config.os_watchdog);
	}
	if (boot_installs(b)) {
		cmdline_add(line, "flasher");
	} else {
		cmdline_add(line, "root=UUID=");
		text_add(line, b->uuid[volume_root(candidate->slot)]);
	}
	if (candidate->abi[0]) {
		cmdline_add(line, "balena_kernel_abi=");
		text_add(line, candidate->abi);
	}
	return line->overflow ? boot_fail(b, BB_CMDLINE_LONG, "command line", E2BIG) : 0;
}

// The report as an initrd of one directory and one file, in memory; -1 when that is not possible.
static int report_initrd(struct boot *b)
{
	char json[REPORT_SIZE], archive[REPORT_SIZE + 1024];
	size_t length = report_render(&b->report, json);
	size_t size = cpio_pack(REPORT_DIRECTORY, REPORT_FILE, json, length, archive, sizeof(archive));
	cleanup_fd int fd = memfd_create("report", MFD_CLOEXEC);

	if (fd < 0 || !size || write(fd, archive, size) != (ssize_t)size)
		return -1;
	return steal_fd(&fd);
}

/*
 * The kernel says EPERM for every fault of a signature; its own log says more. Everything else is
 * not about the signature.
 */
int load_stage(struct boot *b)
{
	char words[CMDLINE_SIZE];
	struct text line = TEXT_IN(words);
	int error = compose(b, &line);
	cleanup_fd int initrd = -1;

	if (error)
		return error;
	initrd = report_initrd(b);
	if (initrd < 0)
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	if (!syscall(SYS_kexec_file_load, b->kernel, initrd, line.used + 1, words, 0UL))
		return 0;
	error = errno == EPERM ? BB_KERNEL_REFUSED : BB_KERNEL_LOAD;
	return boot_fail(b, error, b->report.kernel.path, errno);
}
