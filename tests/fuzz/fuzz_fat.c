// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: a FAT volume of any bytes, as bbctl reads it. Reading ends, stays within the volume and
 * what the caller has room for, and a file that is listed can be read by its name, or says why not.
 */

#include <stdlib.h>

#include "../../src/bbctl/fat.c"

#define FILE_MAX 4096
#define READS_MAX 400000 /* of a directory of 65536 entries and a file, with the table each time */

struct volume {
	const uint8_t *data;
	size_t size;
	unsigned int reads;
};

static void must(bool good)
{
	if (!good)
		abort();
}

static int read_volume(void *context, uint64_t offset, uint8_t *data, size_t size)
{
	struct volume *volume = context;

	must(volume->reads++ < READS_MAX && size <= FILE_MAX);
	if (offset > volume->size || size > volume->size - offset)
		return -EIO;
	memcpy(data, volume->data + offset, size);
	return 0;
}

struct first {
	unsigned int count;
	struct fat_entry entry;
};

static void check_name(const char *name, size_t max)
{
	must(strlen(name) <= max);
	for (; *name; name++)
		must(*name >= ' ' && *name <= '~');
}

static int visit(void *context, const struct fat_entry *entry)
{
	struct first *first = context;

	check_name(entry->name, FAT_NAME_MAX);
	check_name(entry->alias, 12);
	if (!first->count++)
		first->entry = *entry;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct volume volume = { data, size, 0 };
	struct fat fat = { .read = read_volume, .context = &volume };
	static uint8_t file[FILE_MAX];
	struct first first = { 0 };
	int length;

	if (fat_open(&fat))
		return 0;
	must(fat.cluster_size && fat.cluster_size <= 512u << 10);
	fat_list(&fat, visit, &first);
	must(first.count <= 65536);
	if (!first.count)
		return 0;
	volume.reads = 0;
	length = fat_read(&fat, first.entry.name, file, sizeof(file));
	must(first.entry.directory ? length == -EISDIR : first.entry.size > FILE_MAX ? length == -EFBIG :
		length == -EIO || length == (int)first.entry.size);
	return 0;
}
