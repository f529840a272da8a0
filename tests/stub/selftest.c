// SPDX-License-Identifier: Apache-2.0
/*
 * The self-test of the stub driver: /init of a guest that tests/stub/run-selftest starts. It prints
 * one line for each check and a count at the end, and powers the machine off. What is tested
 * depends on the chip that the machine was given: the word stub-selftest=NAME of the command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <unistd.h>

#include "selftest.h"

#define BOOTARGS "/proc/device-tree/chosen/bootargs"
#define SYSLOG_ACTION_READ_ALL 3
#define SYSLOG_ACTION_CONSOLE_LEVEL 8

static int console = -1;
static unsigned int passed, failed;

/* One write for a line, so that nothing gets in between. */
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char line[256];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (length > 0 && write(console, line, (size_t)length) != length)
		return; /* nobody to tell */
}

static void report(bool good, const char *format, va_list args)
{
	char name[160];

	vsnprintf(name, sizeof(name), format, args);
	say("%s %s\n", good ? "ok" : "not ok", name);
	if (good)
		passed++;
	else
		failed++;
}

void check(bool good, const char *name, ...)
{
	va_list args;

	va_start(args, name);
	report(good, name, args);
	va_end(args);
}

void check_equal(long got, long expected, const char *name, ...)
{
	va_list args;

	if (got != expected)
		say("# %ld instead of %ld:\n", got, expected);
	va_start(args, name);
	report(got == expected, name, args);
	va_end(args);
}

bool log_contains(const char *text)
{
	static char log[1 << 18];
	int length = klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof(log) - 1);

	if (length < 0)
		return false;
	log[length] = '\0';
	return strstr(log, text);
}

static void prepare(void)
{
	static const char *const mounts[][2] = {
		{ "devtmpfs", "/dev" }, { "proc", "/proc" }, { "sysfs", "/sys" },
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i][1], 0755);
		mount(mounts[i][0], mounts[i][1], mounts[i][0], 0, NULL);
	}
	console = open("/dev/console", O_RDWR | O_CLOEXEC);
	/* The kernel's own lines would get in between. */
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 1);
}

static void read_scenario(char *name, size_t size)
{
	static const char word[] = "stub-selftest=";
	char text[1024];
	int fd = open(BOOTARGS, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	const char *found;

	if (fd >= 0)
		close(fd);
	text[length < 0 ? 0 : length] = '\0';
	found = strstr(text, word);
	snprintf(name, size, "%s", found ? found + strlen(word) : "");
	name[strcspn(name, " ")] = '\0';
}

static void run_trusted(void)
{
	check(log_contains("Device caam-keygen registered"), "the driver announces its device");
	test_key_of_earlier_start();
	test_create();
	test_import();
	test_states(true);
	test_trusted_keys();
	test_trusted_states(true);
	test_cipher();
	test_fuses_first_run();
}

static void run_non_secure(void)
{
	test_states(false);
	test_trusted_states(false);
	test_fuses_later_run();
}

static void run_no_chip(void)
{
	test_nothing_there("the machine has no chip");
}

static void run_bad_chip(void)
{
	test_nothing_there("the shared memory is not a chip file");
}

int main(void)
{
	static const struct scenario {
		const char *name;
		void (*run)(void);
	} scenarios[] = {
		{ "trusted", run_trusted },
		{ "non-secure", run_non_secure },
		{ "broken-fuses", test_fuses_broken },
		{ "no-chip", run_no_chip },
		{ "bad-chip", run_bad_chip },
	};
	char name[32];

	prepare();
	read_scenario(name, sizeof(name));
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (!strcmp(scenarios[i].name, name))
			scenarios[i].run();
	}
	check(passed + failed, "there is such a scenario");
	say("# %s: %u passed, %u failed\n", name, passed, failed);
	reboot(RB_POWER_OFF);
	return EXIT_FAILURE;
}
