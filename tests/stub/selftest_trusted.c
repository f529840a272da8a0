// SPDX-License-Identifier: Apache-2.0
// Self-test: mainline's trusted keys (security/keys/trusted-keys) on the stub's blobs.
#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "selftest.h"
#include "vectors.h"

#define KEY_SIZE_MAX 128
#define OVERHEAD 48
#define DIGITS_MAX (2 * (KEY_SIZE_MAX + OVERHEAD))

/* Adds a key of its own name each time. Returns its serial or a negative errno. */
static long add_trusted(const char *command)
{
	static unsigned int count;
	char name[32];
	long serial;

	snprintf(name, sizeof(name), "selftest-%u", count++);
	serial = syscall(SYS_add_key, "trusted", name, command, strlen(command),
		KEY_SPEC_PROCESS_KEYRING);
	return serial < 0 ? -errno : serial;
}

static long load(const char *digits, const char *options)
{
	char command[sizeof("load ") + DIGITS_MAX + 32];

	snprintf(command, sizeof(command), "load %s%s", digits, options);
	return add_trusted(command);
}

static long load_bytes(const uint8_t *blob, size_t size)
{
	char digits[DIGITS_MAX + 1];

	for (size_t i = 0; i < size; i++)
		snprintf(digits + 2 * i, 3, "%02x", blob[i]);
	return load(digits, "");
}

static void check_load(const uint8_t *blob, size_t size, int error, const char *what)
{
	long serial = load_bytes(blob, size);

	check_equal(serial > 0 ? 0 : serial, error, "trusted key, %s", what);
}

/* Another digit. */
static char other(char digit)
{
	return digit == '0' ? '1' : '0';
}

/* What the kernel makes it takes again, and nothing else. */
static void test_size(unsigned int size)
{
	char command[32], digits[DIGITS_MAX + 1] = "", first, *last;
	long serial, length;

	snprintf(command, sizeof(command), "new %u", size);
	serial = add_trusted(command);
	check(serial > 0, "trusted key of %u bytes", size);
	length = syscall(SYS_keyctl, KEYCTL_READ, serial, digits, DIGITS_MAX);
	check_equal(length, 2 * (size + OVERHEAD), "... is read as its blob of %u bytes", size + OVERHEAD);
	check(load(digits, "") > 0, "... which is loaded again");
	first = digits[0];
	digits[0] = other(first);
	check_equal(load(digits, ""), -EBADMSG, "... but not with another first byte");
	digits[0] = first;
	last = &digits[2 * (size + OVERHEAD) - 1];
	*last = other(*last);
	check_equal(load(digits, ""), -EBADMSG, "... or another last one");
	last[-1] = '\0';
	check_equal(load(digits, ""), -EBADMSG, "... or without that");
}

void test_trusted_keys(void)
{
	check_equal(add_trusted("new 31"), -EINVAL, "trusted key of 31 bytes");
	check_equal(add_trusted("new 129"), -EINVAL, "trusted key of 129 bytes");
	test_size(32);
	test_size(64);
	test_size(KEY_SIZE_MAX);
	check_load(mainline_modifier, sizeof(mainline_modifier), -EBADMSG, "blob with NXP's modifier");
	check_load(blob_trusted + TAG_SIZE, 72, -EBADMSG, "blob of NXP's driver");
	check_load(mainline_trusted, OVERHEAD - 1, -EINVAL, "blob without a key and a byte");
}

void test_trusted_states(bool trusted)
{
	check_load(mainline_trusted, sizeof(mainline_trusted), trusted ? 0 : -EBADMSG,
		"a blob of this chip's trusted state");
	check_load(mainline_secure, sizeof(mainline_secure), -EBADMSG,
		"a blob of this chip's secure state");
	check_load(mainline_other_chip, sizeof(mainline_other_chip), -EBADMSG,
		"a blob of another chip's trusted state");
	check_load(mainline_non_secure, sizeof(mainline_non_secure), trusted ? -EBADMSG : 0,
		"a blob of another chip's non-secure state");
	check(log_contains("using insecure test key") == !trusted, "... the log warns of the test key");
}

void test_no_trusted_keys(void)
{
	check_equal(add_trusted("new 32"), -ENODEV, "trusted key without a chip");
}
