// SPDX-License-Identifier: Apache-2.0
/*
 * Prints a small file at the top of a FAT16 volume, as the kernel's driver reads it after a power
 * cut. What fits into one cluster lies in the one that the directory names: the driver does not ask
 * the FAT for it (fs/fat/cache.c, fat_get_cluster), which may not have been written yet. mtools
 * asks, and gives up.
 * Layout: Microsoft, FAT: General Overview of On-Disk Format, 1.03.
 * Usage: fat-file IMAGE FIRST-SECTOR NAME
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "bytes.h"

#define SECTOR 512
#define ENTRY 32
#define NAME_SIZE (255 + 14) // 20 parts, and a zero
#define LONG_NAME 0x0f
#define NOT_A_FILE 0x18 // directory, volume label
#define DELETED 0xe5
#define CLUSTER_MAX 65536

static FILE *image;
static uint64_t volume; // its first byte in the image

__attribute__((noreturn)) static void die(const char *text)
{
	fprintf(stderr, "fat-file: %s\n", text);
	exit(1);
}

static void read_at(uint64_t offset, void *data, size_t size)
{
	if (fseeko(image, (off_t)(volume + offset), SEEK_SET) ||
	    fread(data, 1, size, image) != size)
		die("the image is too short");
}

// A part of a long name, 13 characters. They stand before their file's entry, the last first.
static void take_long_name(const uint8_t entry[static ENTRY], char name[static NAME_SIZE])
{
	static const int place[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	size_t at = ((entry[0] & 0x1fU) - 1) * 13;

	if (at > NAME_SIZE - 14)
		return;
	if (entry[0] & 0x40)
		memset(name, 0, NAME_SIZE);
	for (size_t i = 0; i < sizeof(place) / sizeof(place[0]); i++)
		name[at + i] = entry[place[i]] == 0xff ? '\0' : (char)entry[place[i]];
}

static bool is_named(const uint8_t entry[static ENTRY], const char *long_name, const char *name)
{
	char text[13] = { 0 };
	size_t used = 0;

	if (long_name[0])
		return !strcasecmp(long_name, name);
	for (size_t i = 0; i < 11; i++) {
		if (i == 8 && entry[i] != ' ')
			text[used++] = '.';
		if (entry[i] != ' ')
			text[used++] = (char)entry[i];
	}
	return !strcasecmp(text, name);
}

static bool find(uint64_t directory, unsigned int count, const char *name,
	uint8_t ret[static ENTRY])
{
	char long_name[NAME_SIZE] = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		read_at(directory + (uint64_t)i * ENTRY, ret, ENTRY);
		if (!ret[0])
			return false;
		if (ret[0] != DELETED && ret[11] == LONG_NAME) {
			take_long_name(ret, long_name);
			continue;
		}
		if (ret[0] != DELETED && !(ret[11] & NOT_A_FILE) && is_named(ret, long_name, name))
			return true;
		long_name[0] = '\0';
	}
	return false;
}

int main(int argc, char **argv)
{
	static uint8_t data[CLUSTER_MAX];
	uint8_t boot[SECTOR], entry[ENTRY];
	uint64_t directory, clusters;
	size_t cluster_size, size;

	if (argc != 4)
		return 2;
	image = fopen(argv[1], "rbe");
	if (!image)
		die("the image cannot be read");
	volume = strtoull(argv[2], NULL, 10) * SECTOR;
	read_at(0, boot, sizeof(boot));
	if (get_le16(boot + 11) != SECTOR || !boot[13] || !get_le16(boot + 17) ||
	    !get_le16(boot + 22))
		die("no FAT16 volume with sectors of 512 bytes");
	cluster_size = (size_t)boot[13] * SECTOR;
	directory = (get_le16(boot + 14) + (uint64_t)boot[16] * get_le16(boot + 22)) * SECTOR;
	clusters = directory + (uint64_t)get_le16(boot + 17) * ENTRY;
	if (!find(directory, get_le16(boot + 17), argv[3], entry))
		die("no such file");
	size = get_le32(entry + 28);
	if (size > cluster_size)
		die("the file is longer than a cluster");
	if (size && get_le16(entry + 26) < 2)
		die("the file has no cluster");
	if (size)
		read_at(clusters + (get_le16(entry + 26) - 2ULL) * cluster_size, data, size);
	return fwrite(data, 1, size, stdout) == size ? 0 : 1;
}
