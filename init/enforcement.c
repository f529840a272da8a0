// SPDX-License-Identifier: Apache-2.0
/*
 * Enforcement is checked, not assumed: on arm64 it takes three kernel options together, and two of
 * the three accept everything. So the running kernel has to show that it refuses an unsigned
 * kernel.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "boot.h"
#include "bytes.h"
#include "error.h"
#include "system.h"

static int check_lockdown(struct boot *b)
{
	static const char path[] = "/sys/kernel/security/lockdown";
	char modes[64];
	char *mode = NULL;
	int error = read_line(AT_FDCWD, path, modes, sizeof(modes));

	if (error)
		return boot_fail(b, BB_LOCKDOWN_OFF, path, -error);
	mode = strchr(modes, '[');
	if (mode) {
		mode++;
		mode[strcspn(mode, "]")] = '\0';
		text_copy(b->report.lockdown, mode);
	}
	if (strcmp(b->report.lockdown, "integrity") && strcmp(b->report.lockdown, "confidentiality"))
		return boot_fail(b, BB_LOCKDOWN_OFF, path, 0);
	return 0;
}

// The old call takes segments instead of a file: it has nothing to check a signature on.
static int check_no_kexec_load(struct boot *b)
{
	if (syscall(SYS_kexec_load, 0, 0, NULL, 0) == -1 && errno == ENOSYS)
		return 0;
	return boot_fail(b, BB_KEXEC_LOAD_PRESENT, "kexec_load", 0);
}

/*
 * The smallest file that arm64's image_probe takes for a kernel: a header with the magic number at
 * 56 (Documentation/arch/arm64/booting.rst). It has no signature: only EPERM is the right answer.
 */
static int check_probe(struct boot *b)
{
	uint8_t image[4096] = { 'M', 'Z', [16] = 0, 0x10, [56] = 'A', 'R', 'M', 0x64 };
	cleanup_fd int fd = memfd_create("probe", MFD_CLOEXEC);
	long result;
	int error;

	if (fd < 0 || write(fd, image, sizeof(image)) != sizeof(image))
		return boot_fail(b, BB_SYSTEM, "memfd", errno);
	result = syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS);
	error = errno;
	if (result == -1 && error == EPERM)
		return 0;
	if (!result)
		syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	return boot_fail(b, BB_PROBE_NOT_REFUSED, "kexec_file_load", result ? error : 0);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/*
 * The next kernel gets its KASLR and RNG seeds from this kernel's generator, and none while that is
 * not ready (drivers/of/kexec.c). A blocking getrandom also makes the kernel gather entropy.
 */
static int wait_for_rng(struct boot *b)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	uint64_t before = now_us();
	uint8_t byte;
	ssize_t n;

	sigaction(SIGALRM, &action, NULL);
	alarm(b->config.rng_timeout);
	n = getrandom(&byte, sizeof(byte), b->config.rng_timeout ? 0 : GRND_NONBLOCK);
	alarm(0);
	b->report.rng_wait = now_us() - before;
	return n == sizeof(byte) ? 0 : boot_fail(b, BB_RNG_TIMEOUT, "getrandom", errno);
}

int enforcement_stage(struct boot *b)
{
	static int (*const checks[])(struct boot *b) = {
		check_lockdown, check_no_kexec_load, check_probe, wait_for_rng,
	};

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		int error = checks[i](b);

		if (error)
			return error;
	}
	b->report.enforced = true;
	return 0;
}
