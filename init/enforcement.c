// SPDX-License-Identifier: Apache-2.0
// Enforcement is checked, not assumed: the running kernel has to show that it refuses an unsigned one.

#include <errno.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

#include "boot.h"
#include "enforcement.h"
#include "error.h"
#include "system.h"

static int check_lockdown(struct boot *b)
{
	int error = enforcement_lockdown(b->report.lockdown, sizeof(b->report.lockdown));

	if (error || !enforcement_mode_is_enough(b->report.lockdown))
		return boot_fail(b, BB_LOCKDOWN_OFF, ENFORCEMENT_LOCKDOWN, -error);
	return 0;
}

static int check_no_kexec_load(struct boot *b)
{
	if (enforcement_kexec_load() == ENOSYS)
		return 0;
	return boot_fail(b, BB_KEXEC_LOAD_PRESENT, "kexec_load", 0);
}

static int check_probe(struct boot *b)
{
	int answer = enforcement_probe();

	if (answer < 0)
		return boot_fail(b, BB_SYSTEM, "memfd", -answer);
	return answer == EPERM ? 0 : boot_fail(b, BB_PROBE_NOT_REFUSED, "kexec_file_load", answer);
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
