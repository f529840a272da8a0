// SPDX-License-Identifier: Apache-2.0
/*
 * Finds the installer's medium: the one partition called flash-rootA on the configured controllers.
 * Other disks are not opened, and the device's own never, wherever it may be.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "boot.h"
#include "disk.h"
#include "error.h"
#include "system.h"
#include "uevent.h"

#define SYS_BLOCK "/sys/block"
#define ROOT_LABEL "flash-rootA"

// Whether a link of /sys/block leads to a disk that may be a medium.
static bool may_be_medium(const struct config *config, const uint8_t *link, size_t size)
{
	const char *word = config->installer_medium;
	bool found = false;

	for (size_t length; *word; word += length) {
		char controller[CONFIG_TEXT_MAX];
		struct text text = TEXT_IN(controller);

		length = strcspn(word, " ");
		text_add_bytes(&text, word, length);
		found = found || (length && uevent_is_disk(link, size, controller));
		length += word[length] == ' ';
	}
	return found && !uevent_is_disk(link, size, config->disk);
}

// Takes in the disk's partitions of that name; a second one is -EEXIST.
static int look_at_disk(struct boot *b, const char *disk)
{
	char path[64];
	struct text text = TEXT_IN(path);
	cleanup_dir DIR *dir = NULL;
	const struct dirent *entry;
	int error = disk_wait_scanned(disk);

	if (error)
		return error;
	text_add(&text, SYS_BLOCK "/");
	text_add(&text, disk);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = next_entry(dir, &error))) {
		char label[64];

		if (!disk_is_partition(dirfd(dir), entry->d_name) ||
			disk_partition_label(dirfd(dir), entry->d_name, label, sizeof(label)) ||
			strcmp(label, ROOT_LABEL))
			continue;
		if (b->medium[0])
			return -EEXIST;
		text_copy(b->medium, entry->d_name);
	}
	return error;
}

// A disk that goes away while it is looked at, or cannot be read, is no medium.
static int look_at_all(struct boot *b)
{
	cleanup_dir DIR *dir = opendir(SYS_BLOCK);
	const struct dirent *entry;
	int error;

	b->medium[0] = '\0';
	if (!dir)
		return -errno;
	while ((entry = next_entry(dir, &error))) {
		uint8_t link[512];
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, (char *)link, sizeof(link));

		if (n <= 0 || n == sizeof(link) || !may_be_medium(&b->config, link, (size_t)n))
			continue;
		if (look_at_disk(b, entry->d_name) == -EEXIST)
			return -EEXIST;
	}
	if (error)
		return error;
	return b->medium[0] ? 0 : -ENOENT;
}

int medium_stage(struct boot *b)
{
	cleanup_fd int uevents = disk_open_uevents();
	uint64_t deadline = now_us() + (uint64_t)b->config.disk_timeout * 1000000;
	int error;

	if (uevents < 0)
		return boot_fail(b, BB_SYSTEM, "uevents", -uevents);
	do {
		error = look_at_all(b);
	} while (error == -ENOENT && disk_wait_for_change(uevents, deadline));
	if (error == -EEXIST)
		return boot_fail(b, BB_MEDIUM_AMBIGUOUS, ROOT_LABEL, 0);
	if (error)
		return boot_fail(b, BB_MEDIUM_MISSING, b->config.installer_medium, -error);
	text_copy(b->report.installer.medium, b->medium);
	return 0;
}
