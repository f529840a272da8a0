// SPDX-License-Identifier: Apache-2.0
// A FAT filesystem with files at its top and, on an open device, the contents of a directory.
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mkdisk.h"

static void format(const struct partition *part, const char *path)
{
	char id[9];
	const char *const argv[] = {
		"mkfs.vfat", "--invariant", "-i", id, "-n", part->fs_label, path, NULL};

	if (strlen(part->fs_label) > 11)
		die("partition %s: a FAT label has 11 characters at most", part->name);
	snprintf(id, sizeof(id), "%.8s", part->uuid);
	run(argv, NULL);
}

static void copy_in(const char *path, const char *source, const char *name)
{
	char *target = xasprintf("::/%s", name);
	const char *const argv[] = {"mcopy", "-Q", "-s", "-i", path, source, target, NULL};

	if (access(source, R_OK))
		die("%s: %s", source, strerror(errno));
	run(argv, NULL);
	free(target);
}

/* mcopy takes a tree in the order of its directories; the top at least goes in by name. */
static void copy_dir(const char *path, const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, NULL, alphasort);

	if (count < 0)
		die("%s: %s", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (strcmp(name, ".") && strcmp(name, "..")) {
			char *source = xasprintf("%s/%s", dir, name);

			copy_in(path, source, name);
			free(source);
		}
		free(entries[i]);
	}
	free(entries);
}

void fat_make(const struct partition *part, const struct fat_files *files, const char *path)
{
	format(part, path);
	for (size_t i = 0; files && i < files->count; i++)
		copy_in(path, files->file[i].path, files->file[i].name);
	if (part->dir)
		copy_dir(path, part->dir);
}
