// SPDX-License-Identifier: Apache-2.0
// An ext4 filesystem with the contents of a directory, the same for the same contents.
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mkdisk.h"

/* Spelled out, so that the host's mke2fs.conf changes nothing. */
#define FEATURES                                                                                   \
	"none,has_journal,ext_attr,dir_index,filetype,extent,64bit,flex_bg,sparse_super,"          \
	"large_file,huge_file,dir_nlink,extra_isize,metadata_csum"

/* A journal has 1024 blocks at least and must leave room for files. */
unsigned int ext4_block_size(const struct partition *part)
{
	return part->size < 16 * MIB ? 1024 : 4096;
}

static void format(const struct partition *part, const char *path)
{
	char *extended = xasprintf("lazy_itable_init=0,lazy_journal_init=0,nodiscard,"
				   "root_owner=0:0,hash_seed=%s",
		part->uuid);
	bool small = ext4_block_size(part) == 1024;
	const char *const argv[] = {"mkfs.ext4", "-q", "-F", "-b", small ? "1024" : "4096", "-I",
		"256", "-m", "0", "-J", small ? "size=1" : "size=4", "-O", FEATURES, "-L",
		part->fs_label, "-U", part->uuid, "-E", extended, path, NULL};

	run(argv, NULL);
	free(extended);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* debugfs takes one command per line and double quotes around a word. */
static void check_name(const char *name)
{
	if (strpbrk(name, "\"\n"))
		die("%s: no quotes or new lines in names, please", name);
}

static void write_link(FILE *script, const FTSENT *entry)
{
	char target[4096];
	ssize_t length = readlink(entry->fts_accpath, target, sizeof(target) - 1);

	if (length < 0)
		die("%s: %s", entry->fts_path, strerror(errno));
	target[length] = '\0';
	check_name(target);
	fprintf(script, "symlink \"%s\" \"%s\"\n", entry->fts_name, target);
}

/* The commands that make one file, directory or link in debugfs' current directory. */
static void write_entry(FILE *script, const FTSENT *entry)
{
	check_name(entry->fts_path);
	switch (entry->fts_info) {
	case FTS_D: fprintf(script, "mkdir \"%s\"\n", entry->fts_name); break;
	case FTS_F:
		fprintf(script, "write \"%s\" \"%s\"\n", entry->fts_path, entry->fts_name);
		break;
	case FTS_SL:
	case FTS_SLNONE: write_link(script, entry); break;
	default:
		if (!S_ISFIFO(entry->fts_statp->st_mode))
			die("%s: no file, directory, link or pipe", entry->fts_path);
		fprintf(script, "mknod \"%s\" p\n", entry->fts_name);
	}
	fprintf(script, "sif \"%s\" mode 0%o\nsif \"%s\" uid 0\nsif \"%s\" gid 0\n",
		entry->fts_name, entry->fts_statp->st_mode, entry->fts_name, entry->fts_name);
}

static void write_script(FILE *script, const char *dir)
{
	char *const roots[] = {(char *)dir, NULL};
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *entry;

	if (!walk)
		die("%s: %s", dir, strerror(errno));
	while ((entry = fts_read(walk))) {
		if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR ||
			entry->fts_info == FTS_NS)
			die("%s: %s", entry->fts_path, strerror(entry->fts_errno));
		if (entry->fts_level == FTS_ROOTLEVEL && entry->fts_info != FTS_D &&
			entry->fts_info != FTS_DP)
			die("%s: not a directory", entry->fts_path);
		if (entry->fts_level == FTS_ROOTLEVEL)
			continue;
		if (entry->fts_info == FTS_DP) {
			fprintf(script, "cd ..\n");
			continue;
		}
		write_entry(script, entry);
		if (entry->fts_info == FTS_D)
			fprintf(script, "cd \"%s\"\n", entry->fts_name);
	}
	fts_close(walk);
}

static void fill(const char *dir, const char *name, const char *path)
{
	char *script_path = scratch_path(name, "debugfs");
	FILE *script = fopen(script_path, "w");
	const char *const argv[] = {"debugfs", "-w", "-f", script_path, path, NULL};

	if (!script)
		die("%s: %s", script_path, strerror(errno));
	write_script(script, dir);
	if (fclose(script))
		die("%s: %s", script_path, strerror(errno));
	run_debugfs(argv, NULL);
	free(script_path);
}

void ext4_make(const struct partition *part, const char *path)
{
	format(part, path);
	if (part->dir)
		fill(part->dir, part->name, path);
	if (part->dirty)
		journal_make(part, path);
}
