// SPDX-License-Identifier: Apache-2.0
// Which partitions the disk has, how they are named and where they are.
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mkdisk.h"

static const struct {
	const char *name;
	uint64_t size;
} usual[] = {
	{"imx", 16 * MIB},
	{"boot", 16 * MIB},
	{"rootA", 48 * MIB},
	{"rootB", 48 * MIB},
	{"state", 8 * MIB},
	{"data", 32 * MIB},
};

static void copy_text(char *to, size_t size, const char *text, const char *what)
{
	if (strlen(text) >= size)
		die_usage("%s '%s': at most %zu characters", what, text, size - 1);
	strcpy(to, text);
}

static struct partition *add(struct disk *disk, const char *name)
{
	struct partition *part = &disk->part[disk->count];
	unsigned int number = (unsigned int)disk->count + 1;

	if (disk->count == PARTITIONS_MAX)
		die_usage("more than %d partitions", PARTITIONS_MAX);
	disk->count++;
	copy_text(part->name, sizeof(part->name), name, "partition name");
	snprintf(part->uuid, sizeof(part->uuid), "f5000000-b007-4000-8000-0000000000%02x", number);
	snprintf(part->part_uuid, sizeof(part->part_uuid), "9a000000-b007-4000-8000-0000000000%02x",
		number);
	part->encrypted = !disk->open;
	part->size = 8 * MIB;
	return part;
}

static void set_labels(struct partition *part, const char *label)
{
	size_t room = part->fs == FS_FAT ? 11 : sizeof(part->fs_label) - 1;

	copy_text(part->label, sizeof(part->label), label, "label");
	snprintf(part->fs_label, sizeof(part->fs_label), "%.*s", (int)room, label);
}

static void set_default_labels(struct partition *part, const char *prefix)
{
	char *label = xasprintf("%s-%s", prefix, part->name);

	set_labels(part, label);
	free(label);
}

void layout_init(struct disk *disk, const char *prefix, bool open)
{
	disk->prefix = prefix;
	disk->open = open;
	for (size_t i = open ? 1 : 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		struct partition *part = add(disk, usual[i].name);
		bool imx = !strcmp(part->name, "imx");

		part->size = usual[i].size;
		if (imx)
			part->encrypted = false;
		if (imx || (open && !strcmp(part->name, "boot")))
			part->fs = FS_FAT;
		set_default_labels(part, imx ? "balena" : prefix);
	}
}

struct partition *layout_find(struct disk *disk, const char *name)
{
	for (size_t i = 0; i < disk->count; i++)
		if (!strcmp(disk->part[i].name, name))
			return &disk->part[i];
	return NULL;
}

static uint64_t parse_size(const char *text)
{
	char *end;
	unsigned long long size;

	errno = 0;
	size = strtoull(text, &end, 10);
	if (end == text || errno || size > 1024 * MIB)
		die_usage("size '%s': a number with K or M behind it, 1024M at most", text);
	if (*end == 'K' || *end == 'M')
		size *= *end++ == 'K' ? 1024 : MIB;
	if (*end || size == 0 || size % 4096 || size > 1024 * MIB)
		die_usage("size '%s': a multiple of 4K, 1024M at most", text);
	return size;
}

static enum filesystem parse_fs(const char *text)
{
	if (!strcmp(text, "ext4"))
		return FS_EXT4;
	if (!strcmp(text, "vfat"))
		return FS_FAT;
	if (!strcmp(text, "none"))
		return FS_NONE;
	die_usage("fs '%s': one of ext4, vfat, none", text);
}

static void parse_uuid(char uuid[static 37], const char *text)
{
	size_t length = strspn(text, "0123456789abcdef-");

	if (length != 36 || text[length])
		die_usage("uuid '%s': 36 lower-case hexadecimal digits and hyphens", text);
	strcpy(uuid, text);
}

/* One attribute with a value, KEY=VALUE; false if there is no such key. */
static bool apply_value(struct partition *part, const char *key, const char *value)
{
	if (!strcmp(key, "label"))
		set_labels(part, value);
	else if (!strcmp(key, "fslabel"))
		copy_text(part->fs_label, sizeof(part->fs_label), value, "filesystem label");
	else if (!strcmp(key, "size"))
		part->size = parse_size(value);
	else if (!strcmp(key, "fs"))
		part->fs = parse_fs(value);
	else if (!strcmp(key, "uuid"))
		parse_uuid(part->uuid, value);
	else if (!strcmp(key, "partuuid"))
		parse_uuid(part->part_uuid, value);
	else if (!strcmp(key, "dir"))
		part->dir = value;
	else if (!strcmp(key, "copy"))
		part->copy = value;
	else if (!strcmp(key, "dirty"))
		part->dirty = value;
	else if (!strcmp(key, "key"))
		part->key_file = value;
	else if (!strcmp(key, "edit"))
		part->edit = value;
	else
		return false;
	return true;
}

static void apply(struct partition *part, char *attribute)
{
	char *value = strchr(attribute, '=');

	if (value) {
		*value++ = '\0';
		if (*value && apply_value(part, attribute, value))
			return;
	} else if (!strcmp(attribute, "none")) {
		part->absent = true;
		return;
	} else if (!strcmp(attribute, "plain") || !strcmp(attribute, "encrypted")) {
		part->encrypted = *attribute == 'e';
		return;
	}
	die_usage("partition %s: unknown or empty attribute '%s'", part->name, attribute);
}

void layout_spec(struct disk *disk, char *spec)
{
	char *attribute, *save = NULL;
	size_t name_length =
		strspn(spec, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");
	struct partition *part;

	if (!name_length || (spec[name_length] != ':' && strcmp(spec + name_length, "=none")))
		die_usage(
			"partition '%s': must be NAME=none or NAME:ATTRIBUTE[,ATTRIBUTE...]", spec);
	spec[name_length] = '\0';
	part = layout_find(disk, spec);
	if (!part) {
		part = add(disk, spec);
		set_default_labels(part, disk->prefix);
	}
	for (attribute = strtok_r(spec + name_length + 1, ",", &save); attribute;
		attribute = strtok_r(NULL, ",", &save))
		apply(part, attribute);
}

/* A copy repeats the filesystem of another partition, and its label too unless it has its own. */
static void take_over(struct disk *disk, struct partition *part)
{
	const struct partition *from = layout_find(disk, part->copy);
	char *own = xasprintf("%s-%s", disk->prefix, part->name);

	if (!from || from == part || from->copy)
		die_usage("partition %s: cannot be a copy of '%s'", part->name, part->copy);
	if (!strcmp(part->label, own))
		set_labels(part, from->label);
	part->fs = from->fs;
	part->size = from->size;
	strcpy(part->uuid, from->uuid);
	free(own);
}

void layout_place(struct disk *disk)
{
	uint64_t end = MIB; /* where partition tools put the first one */
	size_t kept = 0;

	for (size_t i = 0; i < disk->count; i++)
		if (disk->part[i].copy)
			take_over(disk, &disk->part[i]);
	for (size_t i = 0; i < disk->count; i++) {
		struct partition *part = &disk->part[i];

		if (part->absent)
			continue;
		part->start = end;
		end += (part->size + MIB - 1) / MIB * MIB;
		disk->part[kept++] = *part;
	}
	disk->count = kept;
	disk->size = end + MIB; /* the second table is at the end */
}

static void print_string(FILE *out, const char *key, const char *text)
{
	fprintf(out, "\"%s\":\"", key);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if (isprint((unsigned char)*text))
			fputc(*text, out);
		else
			fprintf(out, "\\u%04x", (unsigned char)*text);
	}
	fputs("\",", out);
}

void layout_print_json(const struct disk *disk, FILE *out)
{
	static const char *const filesystems[] = {"ext4", "vfat", "none"};

	fprintf(out, "{\"size\":%llu,\"open\":%s,\"partitions\":[", (unsigned long long)disk->size,
		disk->open ? "true" : "false");
	for (size_t i = 0; i < disk->count; i++) {
		const struct partition *part = &disk->part[i];

		fprintf(out, "%s\n{\"number\":%zu,", i ? "," : "", i + 1);
		print_string(out, "name", part->name);
		print_string(out, "label", part->label);
		print_string(out, "fs", filesystems[part->fs]);
		print_string(out, "fs_label", part->fs_label);
		print_string(out, "uuid", part->uuid);
		print_string(out, "part_uuid", part->part_uuid);
		fprintf(out, "\"start\":%llu,\"size\":%llu,\"encrypted\":%s}",
			(unsigned long long)part->start, (unsigned long long)part->size,
			part->encrypted ? "true" : "false");
	}
	fputs("\n]}\n", out);
}
