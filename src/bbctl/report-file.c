// SPDX-License-Identifier: Apache-2.0
// Finds and reads a boot report; see report-file.h.

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bbctl.h"
#include "boot-volume.h"
#include "report.h"
#include "report-file.h"

/* A file of more bytes can only be a disk's image: the smallest FAT is larger than any report. */
#define DISK_SIZE_MIN 65536

static bool is_disk(const char *file)
{
	struct stat st;

	return !stat(file, &st) &&
		(S_ISBLK(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size > DISK_SIZE_MIN));
}

// The report that is kept on a disk or a volume: its length, or a negative errno.
static int read_kept(const char *file, uint8_t data[static REPORT_SIZE])
{
	struct boot_volume volume;
	int size = boot_volume_find(file, &volume);

	if (!size)
		size = fat_read(&volume.fat, KEPT_REPORT, data, REPORT_SIZE);
	boot_volume_close(&volume);
	return size;
}

bool report_is_there(const char *file)
{
	uint8_t data[REPORT_SIZE];
	int size;

	if (!is_disk(file))
		return !access(file, F_OK) || errno != ENOENT;
	size = read_kept(file, data);
	return size != -EINVAL && size != -ENOENT;
}

static int read_bytes(const char *file, uint8_t **ret_data, size_t *ret_size)
{
	int size;

	if (!is_disk(file)) {
		*ret_data = read_whole(file, REPORT_SIZE, ret_size);
		return *ret_data ? STATUS_GOOD : STATUS_USAGE;
	}
	*ret_data = malloc(REPORT_SIZE);
	size = *ret_data ? read_kept(file, *ret_data) : -ENOMEM;
	if (size >= 0) {
		*ret_size = (size_t)size;
		return STATUS_GOOD;
	}
	free(*ret_data);
	fail_file(file, "no boot report, and no " KEPT_REPORT " on it: %s",
		size == -EINVAL ? "no FAT" : strerror(-size));
	return STATUS_REFUSED;
}

int report_load(const char *file, struct json_object **ret, uint8_t **ret_data, size_t *ret_size)
{
	uint8_t *data;
	size_t size;
	int status = read_bytes(file, &data, &size);
	const char *wrong;

	*ret = NULL;
	if (status)
		return status;
	wrong = report_read((const char *)data, size, ret);
	if (wrong || !ret_data)
		free(data);
	if (wrong) {
		fail_file(file, "no boot report: %s", wrong);
		return STATUS_REFUSED;
	}
	if (ret_data) {
		*ret_data = data;
		*ret_size = size;
	}
	return STATUS_GOOD;
}
