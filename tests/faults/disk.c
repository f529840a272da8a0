// SPDX-License-Identifier: Apache-2.0
/*
 * A disk that fails, as a plugin for nbdkit: an image whose sectors do what the rules say. QEMU
 * takes it as its disk through a socket (tests/qemu/boot --nbd).
 *     file=FILE           the image; it is written to
 *     fail=START+BYTES    reads that touch this range are answered with an I/O error
 *     fail-once=...       the first such read only
 *     hang=START+BYTES    they are never answered
 *     refuse=START+BYTES  writes that touch this range are answered with an I/O error
 *     other=FILE          an image of the same size, for ...
 *     change=START+BYTES  ... this range: a sector comes from the first file once, then from this one
 *     log=FILE            gets a line for each time that a rule applied
 */

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL

#define SECTOR 512u
#define RULES_MAX 8

enum action { FAIL, FAIL_ONCE, HANG, REFUSE, CHANGE, ACTIONS };

static const char *const action_names[ACTIONS] = {
	"fail", "fail-once", "hang", "refuse", "change",
};

static struct rule {
	uint64_t start, size;
	enum action action;
	bool spent; // of fail-once
} rules[RULES_MAX];
static size_t rules_used;

static int file = -1, other = -1, log_file = -1;
static uint64_t file_size;
static uint8_t *seen; // for each sector whether it has been read

static int open_image(const char *path, int *ret)
{
	*ret = open(path, O_RDWR | O_CLOEXEC);
	if (*ret >= 0)
		return 0;
	nbdkit_error("%s: %s", path, strerror(errno));
	return -1;
}

static int add_rule(enum action action, const char *range)
{
	struct rule *rule = &rules[rules_used];
	char *end;

	if (rules_used == RULES_MAX) {
		nbdkit_error("too many rules");
		return -1;
	}
	rule->action = action;
	rule->start = strtoull(range, &end, 10);
	if (end == range || *end != '+') {
		nbdkit_error("%s: not START+BYTES", range);
		return -1;
	}
	range = end + 1;
	rule->size = strtoull(range, &end, 10);
	if (end == range || *end || !rule->size) {
		nbdkit_error("%s: not a number of bytes", range);
		return -1;
	}
	rules_used++;
	return 0;
}

static int disk_config(const char *key, const char *value)
{
	if (!strcmp(key, "file"))
		return open_image(value, &file);
	if (!strcmp(key, "other"))
		return open_image(value, &other);
	if (!strcmp(key, "log")) {
		log_file = open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		return log_file < 0 ? -1 : 0;
	}
	for (enum action action = FAIL; action < ACTIONS; action++)
		if (!strcmp(key, action_names[action]))
			return add_rule(action, value);
	nbdkit_error("%s: unknown", key);
	return -1;
}

static int disk_ready(void)
{
	struct stat status;

	if (file < 0 || fstat(file, &status)) {
		nbdkit_error("file=FILE is missing");
		return -1;
	}
	file_size = (uint64_t)status.st_size;
	seen = calloc(file_size / SECTOR + 1, 1);
	return seen ? 0 : -1;
}

static void *disk_open(int readonly)
{
	(void)readonly;
	return NBDKIT_HANDLE_NOT_NEEDED;
}

static int64_t disk_size(void *handle)
{
	(void)handle;
	return (int64_t)file_size;
}

static void note(const struct rule *rule, uint64_t offset, uint32_t count)
{
	char line[128];
	int length = snprintf(line, sizeof(line), "%s %llu+%u\n", action_names[rule->action],
		(unsigned long long)offset, count);

	if (log_file >= 0 && write(log_file, line, (size_t)length) < 0)
		nbdkit_debug("log: %s", strerror(errno));
}

static struct rule *find_rule(bool writes, uint64_t offset, uint32_t count)
{
	for (size_t i = 0; i < rules_used; i++) {
		struct rule *rule = &rules[i];

		if (rule->action == CHANGE || (rule->action == REFUSE) != writes || rule->spent)
			continue;
		if (offset < rule->start + rule->size && rule->start < offset + count)
			return rule;
	}
	return NULL;
}

// 0, or the error with which the request ends.
static int apply_rules(bool writes, uint64_t offset, uint32_t count)
{
	struct rule *rule = find_rule(writes, offset, count);

	if (!rule)
		return 0;
	note(rule, offset, count);
	while (rule->action == HANG)
		pause();
	rule->spent = rule->action == FAIL_ONCE;
	return EIO;
}

static const struct rule *changes(uint64_t offset)
{
	for (size_t i = 0; i < rules_used; i++) {
		if (rules[i].action == CHANGE && offset >= rules[i].start &&
		    offset - rules[i].start < rules[i].size)
			return &rules[i];
	}
	return NULL;
}

static int read_fully(int fd, uint8_t *data, size_t size, uint64_t offset)
{
	while (size) {
		ssize_t n = pread(fd, data, size, (off_t)offset);

		if (n <= 0) {
			nbdkit_set_error(EIO);
			return -1;
		}
		data += n;
		size -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

// QEMU asks for whole sectors.
static int read_changed(uint8_t *data, uint32_t count, uint64_t offset)
{
	for (uint32_t at = 0; at + SECTOR <= count; at += SECTOR) {
		const struct rule *rule = changes(offset + at);
		uint64_t sector = (offset + at) / SECTOR;

		if (!rule)
			continue;
		if (seen[sector])
			note(rule, offset + at, SECTOR);
		if (seen[sector] && read_fully(other, data + at, SECTOR, offset + at))
			return -1;
		seen[sector] = 1;
	}
	return 0;
}

static int disk_pread(void *handle, void *data, uint32_t count, uint64_t offset, uint32_t flags)
{
	int error = apply_rules(false, offset, count);

	(void)handle;
	(void)flags;
	if (error) {
		nbdkit_set_error(error);
		return -1;
	}
	if (read_fully(file, data, count, offset))
		return -1;
	return other < 0 ? 0 : read_changed(data, count, offset);
}

static bool write_to(int fd, const void *data, uint32_t count, uint64_t offset)
{
	return fd < 0 || pwrite(fd, data, count, (off_t)offset) == (ssize_t)count;
}

static int disk_pwrite(void *handle, const void *data, uint32_t count, uint64_t offset,
	uint32_t flags)
{
	int error = apply_rules(true, offset, count);

	(void)handle;
	(void)flags;
	if (!error && (!write_to(file, data, count, offset) || !write_to(other, data, count, offset)))
		error = EIO;
	if (!error)
		return 0;
	nbdkit_set_error(error);
	return -1;
}

static int disk_flush(void *handle, uint32_t flags)
{
	(void)handle;
	(void)flags;
	return fdatasync(file);
}

static struct nbdkit_plugin plugin = {
	.name = "failingdisk",
	.config = disk_config,
	.config_complete = disk_ready,
	.open = disk_open,
	.get_size = disk_size,
	.pread = disk_pread,
	.pwrite = disk_pwrite,
	.flush = disk_flush,
};

NBDKIT_REGISTER_PLUGIN(plugin)
