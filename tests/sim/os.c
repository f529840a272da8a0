// SPDX-License-Identifier: Apache-2.0
// What the operating system does to the boot volume: it is mounted writable, and no writer waits for the disk.

#include <stdio.h>
#include <string.h>

#include "sim.h"

static const char header[] = "# GRUB Environment Block\n";

int os_read(const struct fat *v, enum file file, uint8_t data[static FILE_SIZE_MAX])
{
	int slot = fat_find(v, file);

	return slot < 0 ? slot : fat_read(v, slot, 0, data, FILE_SIZE_MAX);
}

// A whole block as a string without its padding; false if the file holds none.
static bool read_lines(const struct fat *v, enum file file, char ret[static FILE_SIZE_MAX + 1])
{
	int size = os_read(v, file, (uint8_t *)ret);

	if (size < 1024 || memcmp(ret, header, sizeof(header) - 1))
		return false;
	while (size && ret[size - 1] == '#')
		size--;
	ret[size] = '\0';
	return true;
}

// The line "key=", or NULL.
static char *find_line(char *lines, const char *key)
{
	size_t length = strlen(key);

	for (char *line = lines; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, length) && line[length] == '=')
			return line;
	}
	return NULL;
}

const char *os_get(const struct fat *v, enum file file, const char *key)
{
	static char lines[FILE_SIZE_MAX + 1];
	char *line = read_lines(v, file, lines) ? find_line(lines, key) : NULL;

	if (!line)
		return "";
	line += strlen(key) + 1;
	line[strcspn(line, " \n")] = '\0';
	return line;
}

// On a volume that an earlier cut has damaged this can fail, and the writer with it.
static void write_anew(struct fat *v, int slot, const char *data, size_t size)
{
	fat_write(v, slot, 0, data, size);
}

// GRUB's util/grub-editenv.c: the whole block is read, changed in memory, and written into the same file
// after that was truncated. It refuses what is no block.
void os_set(struct fat *v, const char *key, const char *value)
{
	char lines[FILE_SIZE_MAX + 1], block[FILE_SIZE_MAX + 1];
	int slot = fat_find(v, FILE_BOOTENV);
	size_t size, used;
	char *line, *rest;

	if (!read_lines(v, FILE_BOOTENV, lines))
		return;
	size = fat_size(v, slot);
	line = find_line(lines, key);
	rest = line ? strchr(line, '\n') + 1 : "";
	if (line)
		*line = '\0';
	used = (size_t)snprintf(block, sizeof(block), "%s%s=%s\n%s", lines, key, value, rest);
	memset(block + used, '#', sizeof(block) - used);
	fat_truncate(v, slot);
	write_anew(v, slot, block, size);
}

void os_install(struct fat *v, enum file file, const char *lines, size_t size)
{
	char block[FILE_SIZE_MAX + 1];
	int used;

	if (!lines)
		return;
	used = snprintf(block, sizeof(block), "%s%s", header, lines);
	memset(block + used, '#', sizeof(block) - (size_t)used);
	write_anew(v, fat_create(v, file), block, size);
}

bool os_starts_with(const struct fat *v, enum file file, const char *text)
{
	uint8_t data[FILE_SIZE_MAX];
	int size = os_read(v, file, data);

	return size > (int)strlen(text) && !memcmp(data, text, strlen(text)) && data[strlen(text)] == '#';
}

// sed -i: a new file, then a rename. The value it leaves ends in a blank.
void os_reset_count(struct fat *v)
{
	static const char key[] = "bootcount=", value[] = "bootcount=0 ";
	uint8_t old[FILE_SIZE_MAX];
	char new[FILE_SIZE_MAX + 8];
	int size = os_read(v, FILE_BOOTENV, old), slot;
	size_t used = 0;

	if (size < 0)
		return;
	fat_remove(v, FILE_TEMPORARY); // what an earlier cut left has another name: not in the way
	for (int i = 0; i < size;) {
		if (size - i >= (int)sizeof(key) - 1 && !memcmp(old + i, key, sizeof(key) - 1)) {
			memcpy(new + used, value, sizeof(value) - 1);
			used += sizeof(value) - 1;
			while (i < size && old[i] != '\n')
				i++;
		} else {
			new[used++] = (char)old[i++];
		}
	}
	slot = fat_create(v, FILE_TEMPORARY);
	if (slot < 0)
		return;
	write_anew(v, slot, new, used);
	fat_rename(v, FILE_TEMPORARY, FILE_BOOTENV);
}

void os_write_other(struct fat *v)
{
	char data[1500];
	int slot = fat_find(v, FILE_OTHER);

	memset(data, 'o', sizeof(data));
	if (slot < 0)
		slot = fat_create(v, FILE_OTHER);
	if (slot < 0)
		return;
	fat_truncate(v, slot);
	write_anew(v, slot, data, sizeof(data));
}
