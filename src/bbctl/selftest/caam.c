// SPDX-License-Identifier: Apache-2.0
// The CAAM and its drivers, as far as Linux shows them.

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bbctl/selftest.h"
#include "caam-keygen.h"
#include "system.h"

#define DRIVERS "/sys/bus/platform/drivers/"
#define CIPHER "tk(cbc(aes))"

/* linux/mount.h: musl has no names for the calls of the new mount interface. */
#define FSOPEN_CLOEXEC 1
#define FSCONFIG_CMD_CREATE 6
#define FSMOUNT_CLOEXEC 1

#define SYSLOG_READ_ALL 3
#define LOG_SIZE (1 << 20)
#define CRYPTO_SIZE (256 << 10)

// The devices that a driver has: links, named like "30901000.jr". The first one's name goes into ret.
static unsigned int count_devices(const char *driver, char *ret, size_t ret_size)
{
	cleanup_dir DIR *dir = opendir(driver);
	const struct dirent *entry;
	unsigned int count = 0;
	int error;

	while (dir && (entry = next_entry(dir, &error))) {
		if (!strchr(entry->d_name, '.') || entry->d_name[0] == '.')
			continue;
		if (!count++)
			text_copy_to(ret, ret_size, entry->d_name);
	}
	return count;
}

enum selftest_status check_caam(struct selftest *s, struct text *says)
{
	char caam[64], ring[64];
	unsigned int rings;

	(void)s;
	if (!count_devices(DRIVERS "caam", caam, sizeof(caam))) {
		selftest_say(says, "no CAAM has a driver");
		return SELFTEST_ABSENT;
	}
	rings = count_devices(DRIVERS "caam_jr", ring, sizeof(ring));
	selftest_say(says, "%s, %u job rings", caam, rings);
	return rings ? SELFTEST_OK : SELFTEST_DIFFERS;
}

// A debugfs of this process's own: nothing is mounted anywhere.
static int open_debugfs(void)
{
	cleanup_fd int context = (int)syscall(SYS_fsopen, "debugfs", FSOPEN_CLOEXEC);

	if (context < 0 || syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return -errno;
	return (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
}

/* drivers/crypto/caam/debugfs.c: fault_status is CSTA, in decimal. */
static int read_csta(uint32_t *ret)
{
	cleanup_fd int debugfs = open_debugfs();
	char caam[64], path[128], number[16];
	struct text text = TEXT_IN(path);
	int error;

	if (debugfs < 0 || !count_devices(DRIVERS "caam", caam, sizeof(caam)))
		return -ENOENT;
	text_add(&text, caam);
	text_add(&text, "/ctl/fault_status");
	error = read_line(debugfs, path, number, sizeof(number));
	return error ? error : text_parse_number(number, UINT32_MAX, ret);
}

// What drivers say of the state once, at the start.
static void say_log(struct text *says)
{
	static const char *const marks[] = { "violation handlers armed", "insecure test key" };
	char *log = calloc(1, LOG_SIZE), line[160];

	if (log && klogctl(SYSLOG_READ_ALL, log, LOG_SIZE - 1) > 0) {
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
			selftest_find_line(log, marks[i], line, sizeof(line));
			if (line[0])
				selftest_say(says, "%s%s", says->used ? "; " : "", line);
		}
	}
	free(log);
}

enum selftest_status check_caam_state(struct selftest *s, struct text *says)
{
	enum selftest_status status = SELFTEST_OK;
	uint32_t csta;

	(void)s;
	if (!read_csta(&csta))
		status = selftest_judge_csta(csta, says);
	say_log(says);
	if (says->used)
		return status;
	selftest_say(says, "the kernel shows it nowhere (no debugfs, no SECVIO driver, no trusted key yet)");
	return SELFTEST_ABSENT;
}

enum selftest_status check_key_service(struct selftest *s, struct text *says)
{
	struct stat status;
	cleanup_fd int fd = -1;

	(void)s;
	if (stat(CAAM_KEYGEN_DEVICE, &status)) {
		int error = errno;

		selftest_say(says, CAAM_KEYGEN_DEVICE ": %s", strerror(error));
		return error == ENOENT ? SELFTEST_ABSENT : SELFTEST_FAILED;
	}
	fd = open(CAAM_KEYGEN_DEVICE, O_RDWR | O_CLOEXEC);
	selftest_say(says, CAAM_KEYGEN_DEVICE ", mode %03o%s%s", (unsigned int)status.st_mode & 0777, fd < 0 ? ": " : "",
		fd < 0 ? strerror(errno) : "");
	return fd < 0 || !S_ISCHR(status.st_mode) ? SELFTEST_FAILED : SELFTEST_OK;
}

enum selftest_status check_cipher(struct selftest *s, struct text *says)
{
	char *crypto = calloc(1, CRYPTO_SIZE), driver[64] = "";
	int size = crypto ? read_file(AT_FDCWD, "/proc/crypto", crypto, CRYPTO_SIZE - 1) : -ENOMEM;
	int priority = size < 0 ? size : selftest_find_cipher(crypto, CIPHER, driver, sizeof(driver));

	free(crypto);
	if (priority < 0) {
		selftest_say(says, CIPHER ": %s", size < 0 ? strerror(-size) : "not in /proc/crypto");
		return size < 0 ? SELFTEST_FAILED : SELFTEST_ABSENT;
	}
	selftest_say(says, CIPHER " by %s, priority %d", driver, priority);
	return s->imx8m && !strstr(driver, "caam") ? SELFTEST_DIFFERS : SELFTEST_OK;
}
