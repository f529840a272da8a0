// SPDX-License-Identifier: Apache-2.0
// The running kernel: what it would start, as /init asks it, and its random numbers.

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#include "bbctl/selftest.h"
#include "enforcement.h"
#include "system.h"

enum selftest_status check_lockdown(struct selftest *s, struct text *says)
{
	char mode[24];
	int error = enforcement_lockdown(mode, sizeof(mode));

	(void)s;
	selftest_say(says, "%s", error ? strerror(-error) : mode[0] ? mode : "no mode");
	if (error)
		return error == -ENOENT ? SELFTEST_ABSENT : SELFTEST_FAILED;
	return enforcement_mode_is_enough(mode) ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_kexec_load(struct selftest *s, struct text *says)
{
	int answer = enforcement_kexec_load();

	(void)s;
	selftest_say(says, "kexec_load: %s", answer ? strerror(answer) : "it works");
	return answer == ENOSYS ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_probe(struct selftest *s, struct text *says)
{
	int answer = enforcement_probe();

	(void)s;
	if (answer < 0) {
		selftest_say(says, "%s", strerror(-answer));
		return SELFTEST_FAILED;
	}
	selftest_say(says, "an unsigned kernel: %s", answer ? strerror(answer) : "it is taken");
	return answer == EPERM ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_rng(struct selftest *s, struct text *says)
{
	char source[64] = "", bits[16] = "?";
	uint64_t start = now_us();
	uint8_t byte;
	bool ready = getrandom(&byte, sizeof(byte), GRND_NONBLOCK) == sizeof(byte);
	unsigned long long wait = now_us() - start;

	(void)s;
	read_line(AT_FDCWD, "/sys/class/misc/hw_random/rng_current", source, sizeof(source));
	read_line(AT_FDCWD, "/proc/sys/kernel/random/entropy_avail", bits, sizeof(bits));
	if (!source[0])
		text_copy(source, "none");
	selftest_say(says, "hardware source: %s; getrandom %s after %llu us; %s bits", source,
		ready ? "ready" : "not ready", wait, bits);
	if (!ready)
		return SELFTEST_DIFFERS;
	return strcmp(source, "none") ? SELFTEST_OK : SELFTEST_ABSENT;
}
