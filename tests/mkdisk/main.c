// SPDX-License-Identifier: Apache-2.0
// mkdisk: the order of its work.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mkdisk.h"

/* A GRUB environment block: 1024 bytes, filled up with '#'. */
static const char *fresh_bootenv(void)
{
	static const char text[] = "# GRUB Environment Block\n"
				   "resin_root_part=A\nupgrade_available=0\nbootcount=0\n";
	char block[1024];
	const char *path = scratch_path("bootenv", "fresh");

	memset(block, '#', sizeof(block));
	memcpy(block, text, sizeof(text) - 1);
	write_file(path, block, sizeof(block));
	return path;
}

/* The file that init keeps the report of a failed boot in: there from the start, all spaces. */
static const char *empty_report(void)
{
	char spaces[4096];
	const char *path = scratch_path("bootreport", "empty");

	memset(spaces, ' ', sizeof(spaces));
	write_file(path, spaces, sizeof(spaces));
	return path;
}

static const char *blob_path(const struct options *opt, size_t i)
{
	if (!opt->write_blob)
		return scratch_path(i ? "blob.data" : "blob", "fresh");
	return i ? xasprintf("%s.data", opt->write_blob) : opt->write_blob;
}

/* The blobs of the disk's keys; on the disk itself if they are to go there. */
static void make_blobs(
	const struct options *opt, const struct disk *disk, struct fat_files *files, bool on_disk)
{
	if (!opt->chip)
		die_usage("--chip FILE is needed to wrap the key");
	for (size_t i = 0; i < disk->keys; i++) {
		uint8_t blob[BLOB_SIZE_MAX];
		const char *path = blob_path(opt, i);

		write_file(path, blob, chip_wrap(opt->chip, opt->seed, &disk->key[i], blob));
		if (on_disk)
			add_file(files, key_blob_name(&disk->key[i]), path);
	}
}

static void collect_files(
	const struct options *opt, const struct disk *disk, struct fat_files *files)
{
	bool own_blob = !opt->open && !opt->no_blob && !opt->blobs.count;

	if (!opt->no_bootenv)
		add_file(files, "bootenv", opt->bootenv ? opt->bootenv : fresh_bootenv());
	if (own_blob || opt->write_blob)
		make_blobs(opt, disk, files, own_blob);
	for (size_t i = 0; i < opt->blobs.count; i++)
		add_file(files, opt->blobs.file[i].name, opt->blobs.file[i].path);
	if (!opt->no_report)
		add_file(files, "bootreport.json", empty_report());
	for (size_t i = 0; i < opt->extra.count; i++)
		add_file(files, opt->extra.file[i].name, opt->extra.file[i].path);
}

static void place_dirs(const struct options *opt, struct disk *disk)
{
	static const char *const names[] = {"rootA", "rootB", "boot", "state", "data"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		layout_find(disk, names[i])->dir = opt->dirs[i];
}

static bool holds_files(const struct disk *disk, const struct partition *part)
{
	return !strcmp(part->name, disk->open ? "boot" : "imx");
}

/* The filesystem of a partition, in a file of its own. */
static char *make_filesystem(const struct partition *part, const struct fat_files *files)
{
	char *path = scratch_path(part->name, "fs");
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)part->size) || close(fd))
		die("%s: %s", path, strerror(errno));
	if (part->fs == FS_EXT4)
		ext4_make(part, path);
	else if (part->fs == FS_FAT)
		fat_make(part, files, path);
	if (part->edit)
		run((const char *const[]){part->edit, path, NULL}, NULL);
	return path;
}

static void fill(int image, const struct disk *disk, const struct fat_files *files)
{
	char *paths[PARTITIONS_MAX];

	for (size_t i = 0; i < disk->count; i++) {
		const struct partition *part = &disk->part[i];

		paths[i] = part->copy
				   ? scratch_path(part->copy, "fs")
				   : make_filesystem(part, holds_files(disk, part) ? files : NULL);
		volume_write(image, disk, part, paths[i]);
	}
	for (size_t i = 0; i < disk->count; i++)
		free(paths[i]);
}

/* The image appears under its name only when it is whole. */
static void make_image(const char *out, const struct disk *disk, const struct fat_files *files)
{
	char *partial = xasprintf("%s.partial", out);
	int image = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (image < 0)
		die("%s: %s", partial, strerror(errno));
	remove_unless_finished(partial);
	if (ftruncate(image, (off_t)disk->size))
		die("%s: %s", partial, strerror(errno));
	gpt_write(partial, disk);
	fill(image, disk, files);
	if (close(image))
		die("%s: %s", out, strerror(errno));
	finish(out);
}

/* Whatever the host's settings are: dates, names and modes come out the same. */
static void fix_environment(void)
{
	const char *path = getenv("PATH");
	char *search = xasprintf("%s:/usr/sbin:/sbin", path ? path : "/usr/bin:/bin");

	umask(022);
	if (setenv("E2FSPROGS_FAKE_TIME", SEED_EPOCH, 1) ||
		setenv("SOURCE_DATE_EPOCH", SEED_EPOCH, 1) || setenv("TZ", "UTC", 1) ||
		setenv("LC_ALL", "C.UTF-8", 1) || setenv("MTOOLS_SKIP_CHECK", "1", 1) ||
		setenv("MTOOLSRC", "/dev/null", 1) || setenv("PATH", search, 1))
		die("setenv: %s", strerror(errno));
	free(search);
}

int main(int argc, char **argv)
{
	static struct options opt;
	static struct disk disk;
	struct fat_files files = {.count = 0};

	options_parse(&opt, argc, argv);
	fix_environment();
	layout_init(&disk, opt.prefix, opt.open);
	place_dirs(&opt, &disk);
	for (size_t i = 0; i < opt.spec_count; i++)
		layout_spec(&disk, opt.specs[i]);
	layout_place(&disk);
	keys_init(&disk, &opt);
	if (opt.write_key)
		keys_write(&disk, opt.write_key);
	collect_files(&opt, &disk, &files);
	if (opt.out)
		make_image(opt.out, &disk, &files);
	if (opt.json)
		layout_print_json(&disk, stdout);
	return 0;
}
