// SPDX-License-Identifier: Apache-2.0
// Reads a GPT with libfdisk; see partitions.h.

#include <errno.h>
#include <fcntl.h>
#include <libfdisk/libfdisk.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "crc32.h"
#include "partitions.h"
#include "superblock.h"
#include "text.h"

/* UEFI specification 2.10, tables 5.5 and 5.6, "GPT Header" and "GPT Partition Entry". */
#define GPT_HEADER_SIZE 92
#define GPT_AT_HEADER_SIZE 12
#define GPT_AT_HEADER_CRC 16
#define GPT_AT_ENTRIES 72
#define GPT_AT_ENTRY_COUNT 80
#define GPT_AT_ENTRY_SIZE 84
#define GPT_AT_ENTRIES_CRC 88
#define GPT_ENTRY_SIZE 128
#define GPT_ENTRY_AT_NAME 56
#define GPT_NAME_UNITS 36
#define GPT_ENTRIES_MAX (1u << 20) /* bytes; 16 KiB are usual */

/* Microsoft, FAT specification 1.03, sections 3.2 and 3.3. */
#define FAT_AT_SIGNATURE 510
#define FAT16_AT_LABEL 43
#define FAT16_AT_TYPE 54
#define FAT32_AT_LABEL 71
#define FAT32_AT_TYPE 82
#define FAT_LABEL_SIZE 11

// The entries, for the caller to free; NULL when the kernel would not take them.
static uint8_t *read_entries(int fd, const uint8_t *header, size_t sector, size_t *ret_count)
{
	uint64_t start = get_le64(header + GPT_AT_ENTRIES);
	uint64_t size = (uint64_t)get_le32(header + GPT_AT_ENTRY_COUNT) * GPT_ENTRY_SIZE;
	uint8_t *entries = size && size <= GPT_ENTRIES_MAX ? malloc(size) : NULL;

	if (get_le32(header + GPT_AT_ENTRY_SIZE) == GPT_ENTRY_SIZE && entries &&
	    start <= INT64_MAX / sector &&
	    pread(fd, entries, size, (off_t)(start * sector)) == (ssize_t)size &&
	    crc32_update(0, entries, size) == get_le32(header + GPT_AT_ENTRIES_CRC)) {
		*ret_count = size / GPT_ENTRY_SIZE;
		return entries;
	}
	free(entries);
	return NULL;
}

/*
 * The kernel takes the first table only (block/partitions/efi.c: find_valid_gpt); libfdisk would go
 * on with the copy at the end of the disk. Returns its entries, or NULL when it is not good.
 */
static uint8_t *read_first_table(int fd, size_t sector, size_t *ret_count)
{
	uint8_t header[4096];
	uint32_t size, crc;

	if (sector > sizeof(header) || pread(fd, header, sector, (off_t)sector) != (ssize_t)sector)
		return NULL;
	size = get_le32(header + GPT_AT_HEADER_SIZE);
	crc = get_le32(header + GPT_AT_HEADER_CRC);
	if (memcmp(header, "EFI PART", 8) || size < GPT_HEADER_SIZE || size > sector)
		return NULL;
	memset(header + GPT_AT_HEADER_CRC, 0, sizeof(crc));
	return crc32_update(0, header, size) == crc ?
		read_entries(fd, header, sector, ret_count) : NULL;
}

/*
 * The name as init gets it from the kernel, which keeps seven bits of each UTF-16 unit and puts '!' for
 * control characters (block/partitions/efi.c: utf16_le_to_7bit). It ends where these bits are 0.
 */
static void kernel_label(const uint8_t *entry, char ret[static GPT_NAME_UNITS + 1])
{
	struct text text = text_in(ret, GPT_NAME_UNITS + 1);

	for (size_t i = 0; i < GPT_NAME_UNITS; i++) {
		char c = (char)(entry[GPT_ENTRY_AT_NAME + 2 * i] & 0x7f);

		if (!c)
			return;
		text_add_char(&text, c < ' ' || c > '~' ? '!' : c);
	}
}

// A label in a FAT is padded with blanks.
static void copy_label(const uint8_t *label, size_t size, char ret[static 17])
{
	memcpy(ret, label, size);
	while (size && ret[size - 1] == ' ')
		size--;
	ret[size] = '\0';
}

static void look_into(int fd, struct partition *partition)
{
	uint8_t data[SUPERBLOCK_SIZE];
	struct superblock superblock;

	if (pread(fd, data, sizeof(data), (off_t)partition->offset) != (ssize_t)sizeof(data))
		return;
	if (!superblock_parse(data, sizeof(data), &superblock)) {
		partition->filesystem = FILESYSTEM_EXT4;
		text_copy(partition->filesystem_label, superblock.label);
	} else if (get_le16(data + FAT_AT_SIGNATURE) == 0xaa55) {
		bool fat32 = !memcmp(data + FAT32_AT_TYPE, "FAT32", 5);

		if (!fat32 && memcmp(data + FAT16_AT_TYPE, "FAT", 3))
			return;
		partition->filesystem = FILESYSTEM_FAT;
		copy_label(data + (fat32 ? FAT32_AT_LABEL : FAT16_AT_LABEL), FAT_LABEL_SIZE,
			partition->filesystem_label);
	}
}

// libfdisk may have gone to the other table: an entry of it that the first one lacks is left out.
static void take(struct fdisk_partition *pa, size_t sector, int fd, const uint8_t *entries,
	size_t count, struct partitions *ret)
{
	struct partition *partition = &ret->at[ret->count];
	size_t number = fdisk_partition_get_partno(pa);

	if (!fdisk_partition_is_used(pa) || ret->count == PARTITIONS_MAX || number >= count)
		return;
	partition->number = number + 1;
	kernel_label(entries + number * GPT_ENTRY_SIZE, partition->label);
	partition->offset = fdisk_partition_get_start(pa) * sector;
	partition->size = fdisk_partition_get_size(pa) * sector;
	look_into(fd, partition);
	ret->count++;
}

static int read_table(struct fdisk_context *context, int fd, struct partitions *ret)
{
	size_t sector = fdisk_get_sector_size(context);
	struct fdisk_table *table = NULL;
	struct fdisk_iter *iterator = fdisk_new_iter(FDISK_ITER_FORWARD);
	size_t count = 0;
	uint8_t *entries = fdisk_is_label(context, GPT) ? read_first_table(fd, sector, &count) : NULL;
	struct fdisk_partition *pa;
	int error = iterator ? 0 : -ENOMEM;

	ret->has_table = entries;
	if (!error && ret->has_table)
		error = fdisk_get_partitions(context, &table);
	while (!error && table && !fdisk_table_next_partition(table, iterator, &pa))
		take(pa, sector, fd, entries, count, ret);
	fdisk_unref_table(table);
	fdisk_free_iter(iterator);
	free(entries);
	return error;
}

int partitions_read(const char *file, struct partitions *ret)
{
	struct fdisk_context *context = fdisk_new_context();
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? -errno : context ? fdisk_assign_device(context, file, 1) : -ENOMEM;

	memset(ret, 0, sizeof(*ret));
	if (!error)
		error = read_table(context, fd, ret);
	if (fd >= 0)
		close(fd);
	fdisk_unref_context(context);
	return error;
}

const char *filesystem_name(enum filesystem filesystem)
{
	static const char *const names[] = { NULL, "ext4", "FAT" };

	return names[filesystem];
}
