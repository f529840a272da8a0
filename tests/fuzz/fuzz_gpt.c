// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: a disk with a partition table, as bbctl reads it. The input is the start of the disk;
 * checksums are made right. Labels are held against the kernel's reading, written down a second time.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../src/bbctl/partitions.c"
#include "../../src/crc32.c"
#include "../../src/superblock.c"
#include "../../src/text.c"

#define DISK_SIZE (256u << 10)
#define SECTOR 512u
#define ENTRY_SIZE 128u

static void put_number(uint8_t *p, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		p[i] = (uint8_t)(number >> (8 * i));
}

/* Where entries and sizes are as usual, the checksums become so that they fit. */
static void mend(uint8_t *disk)
{
	uint8_t *header = disk + SECTOR;

	if (get_le64(header + 72) != 2 || get_le32(header + 80) > 128 || get_le32(header + 84) != ENTRY_SIZE ||
		get_le32(header + 12) != 92)
		return;
	put_number(header + 88, crc32_update(0, disk + 2 * SECTOR, get_le32(header + 80) * ENTRY_SIZE), 4);
	put_number(header + 16, 0, 4);
	put_number(header + 16, crc32_update(0, header, 92), 4);
}

/* block/partitions/efi.c of Linux 6.12: utf16_le_to_7bit(), and the label ends at its first NUL. */
static void check_label(const uint8_t *entry, const char *label)
{
	for (size_t i = 0; i < 36; i++) {
		uint8_t c = entry[56 + 2 * i] & 0x7f;

		if (c && (c < ' ' || c > '~'))
			c = '!';
		if (label[i] != (char)c)
			abort();
		if (!c)
			return;
	}
	if (label[36])
		abort();
}

static void check(const uint8_t *disk, const struct partitions *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct partition *at = &p->at[i];

		if (!at->number || at->number > 128 || strlen(at->filesystem_label) > 16)
			abort();
		if (get_le64(disk + SECTOR + 72) == 2 && get_le32(disk + SECTOR + 84) == ENTRY_SIZE)
			check_label(disk + 2 * SECTOR + (at->number - 1) * ENTRY_SIZE, at->label);
	}
	if (!p->has_table && p->count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct partitions partitions;
	static uint8_t *disk;
	static char path[32];
	int fd;

	if (!disk) {
		fd = memfd_create("disk", 0);
		if (ftruncate(fd, DISK_SIZE))
			abort();
		disk = mmap(NULL, DISK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	size = size < DISK_SIZE ? size : DISK_SIZE;
	memset(disk, 0, DISK_SIZE);
	memcpy(disk, data, size);
	mend(disk);
	if (!partitions_read(path, &partitions))
		check(disk, &partitions);
	return 0;
}
