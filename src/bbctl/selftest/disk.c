// SPDX-License-Identifier: Apache-2.0
// The configured disk and its partitions, as /init judges them.

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bbctl/selftest.h"
#include "disk.h"
#include "error.h"
#include "system.h"
#include "uevent.h"

#define SYS_BLOCK "/sys/block"

// The other disks there are, with where each lies: of an eMMC its own areas, and whatever else has a driver.
static void say_others(const char *disk, struct text *says)
{
	cleanup_dir DIR *dir = opendir(SYS_BLOCK);
	const struct dirent *entry;
	int error;

	while (dir && (entry = next_entry(dir, &error))) {
		char link[256] = "";

		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, disk))
			continue;
		if (readlinkat(dirfd(dir), entry->d_name, link, sizeof(link) - 1) < 0)
			continue;
		if (strstr(link, "/virtual/"))
			continue;
		if (disk[0])
			selftest_say(says, "; not taken for it: %s", entry->d_name);
		else
			selftest_say(says, "; there is %s: %s", entry->d_name, link);
	}
}

enum selftest_status check_disk(struct selftest *s, struct text *says)
{
	struct report_fault fault = { 0 };
	uint64_t sector = 0, sectors = 0;

	if (disk_wait(-1, s->config.disk, 0, s->disk, sizeof(s->disk), &fault)) {
		s->disk[0] = '\0';
		selftest_say(says, "%s: %s", bb_error_name(fault.error), fault.detail);
		say_others("", says);
		return fault.error == BB_DISK_MISSING ? SELFTEST_ABSENT : SELFTEST_DIFFERS;
	}
	if (disk_number(s->disk, "queue/logical_block_size", &sector) ||
		disk_number(s->disk, "size", &sectors)) {
		selftest_say(says, "%s: sysfs does not tell its size", s->disk);
		return SELFTEST_FAILED;
	}
	selftest_say(says, "%s, %llu MiB, sectors of %llu bytes", s->disk, (unsigned long long)sectors / 2048,
		(unsigned long long)sector);
	say_others(s->disk, says);
	return sector == 512 ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_partitions(struct selftest *s, struct text *says)
{
	struct report_fault fault = { 0 };
	struct volume_set set;
	enum volume missing;
	int error;

	if (!s->disk[0]) {
		selftest_say(says, "there is no disk");
		return SELFTEST_FAILED;
	}
	error = disk_read_volumes(s->disk, &set, &fault);
	if (!error) {
		error = volume_set_check(&set, false, &missing);
		if (error)
			report_fail(&fault, error, volume_name(missing), 0);
	}
	if (error) {
		selftest_say(says, "%s: %s", bb_error_name(error), fault.detail);
		return SELFTEST_DIFFERS;
	}
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++)
		selftest_say(says, "%s%s is %s", v == VOLUME_BOOT ? "" : ", ", set.at[v].node, set.at[v].label);
	return SELFTEST_OK;
}
