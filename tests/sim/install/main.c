// SPDX-License-Identifier: Apache-2.0
/*
 * A kernel and a device tree are replaced, and cut at every change of the disk; fsck, if it runs, takes apart what
 * a cut has left; then both are replaced again, and cut again. Exit status: 0 each name has a whole file on every
 * disk, 1 not. With --first, it ends at the first fault.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "replace.h"

#define SNAPSHOTS_MAX 400
#define LEVELS 2
#define CONTENTS_MAX 2500
#define RELEASES 3

/* Across more than one cluster where those are small; longer or shorter than the ones before. */
enum kind { KERNEL, TREE, KINDS };
static const size_t sizes[KINDS][RELEASES] = { { 2300, 2500, 1400 }, { 1200, 900, 1000 } };
static uint8_t contents[KINDS][RELEASES][CONTENTS_MAX];
static const enum file files[KINDS] = { FILE_IMAGE, FILE_TREE };

static const struct variant {
	struct geometry geometry;
	bool gap; // there is room in the directory in front of both
} variants[] = {
	{ { "2048-byte clusters", 4, 1 }, false },
	{ { "names across two sectors", 4, 13 }, false },
	{ { "512-byte clusters", 1, 1 }, false },
	{ { "a gap in front of the names", 4, 1 }, true },
};

static const struct variant *variant;
static bool until_first;
static struct fat snapshots[LEVELS][SNAPSHOTS_MAX];
static unsigned int used[LEVELS], level;
static const unsigned int bounds[LEVELS] = { 40, 4 };
static unsigned long cuts, disks, shared, refused, bad, seen_pairs[RELEASES][RELEASES];

static void take_snapshot(struct fat *v)
{
	if (used[level] == SNAPSHOTS_MAX)
		abort();
	fat_copy(&snapshots[level][used[level]++], v);
}

/* The next cluster of a chain, or 0 where it is broken. */
static unsigned int next_cluster(const struct fat *v, unsigned int cluster)
{
	return cluster && cluster <= CLUSTERS_MAX ? v->cache.table[cluster] : 0;
}

/* As U-Boot reads it: along the allocation table, which must have each cluster and then the end. */
static bool is_whole(const struct fat *v, enum kind kind, unsigned int release)
{
	int slot = fat_find(v, files[kind]);
	size_t size = sizes[kind][release], bytes = variant->geometry.cluster_sectors * SECTOR;
	size_t clusters = (size + bytes - 1) / bytes;
	uint8_t data[FILE_SIZE_MAX];
	unsigned int cluster;

	if (slot < 0 || fat_size(v, slot) != size)
		return false;
	cluster = v->cache.extent[slot].start;
	for (size_t i = 0; i < clusters; i++) {
		unsigned int next = next_cluster(v, cluster);

		if (!next || (next == CLUSTER_END) != (i + 1 == clusters))
			return false;
		cluster = next;
	}
	return fat_read(v, slot, 0, data, size) == (int)size && !memcmp(data, contents[kind][release], size);
}

/* Of which release a name has the file, or -1. */
static int release_of(const struct fat *v, enum kind kind)
{
	for (unsigned int release = 0; release < RELEASES; release++) {
		if (is_whole(v, kind, release))
			return (int)release;
	}
	return -1;
}

static void fault(const char *what)
{
	if (!bad++)
		printf("# %s: %s\n", variant->geometry.name, what);
	if (until_first) {
		puts("not ok sim: replacing kernel and device tree");
		exit(1);
	}
}

static void judge(const struct fat *v, const char *when)
{
	int kernel = release_of(v, KERNEL), tree = release_of(v, TREE);

	if (kernel < 0 || tree < 0)
		fault(when);
	else if (tree > kernel)
		fault("a new device tree with an old kernel");
	else
		seen_pairs[kernel][tree]++;
}

/*
 * As fsck.vfat -a (dosfstools 4.2, check.c): files in the directory's order; a cluster that an earlier one has, or
 * that is free, ends the file in front of it.
 */
static void check_disk(struct fat_image *image)
{
	bool taken[CLUSTERS_MAX + 1] = { false };
	size_t bytes = variant->geometry.cluster_sectors * SECTOR;

	for (int i = 1; i < SLOTS; i++) {
		struct extent *extent = &image->extent[i];
		uint8_t *link = &extent->start;
		size_t size = 0;

		if (!image->directory[i].file || !image->directory[i].short_name)
			continue;
		for (; *link && *link <= CLUSTERS_MAX && !taken[*link] && image->table[*link];
			link = &image->table[*link], size += bytes)
			taken[*link] = true;
		if (*link != CLUSTER_END || !size) {
			*link = size ? CLUSTER_END : 0;
			extent->size = (uint16_t)(extent->size < size ? extent->size : size);
		}
	}
	for (unsigned int cluster = 1; cluster <= CLUSTERS_MAX; cluster++)
		image->table[cluster] = taken[cluster] ? image->table[cluster] : 0;
}

static int replace(struct fat *v, unsigned int release)
{
	struct replacement replacements[] = {
		{ .name = "Image.gz", .data = contents[KERNEL][release], .size = sizes[KERNEL][release] },
		{ .name = "board.dtb", .data = contents[TREE][release], .size = sizes[TREE][release] },
	};
	const char *name;
	size_t done;

	install_forget();
	install_fat = v;
	return replace_files(INSTALL_DIRECTORY, replacements, KINDS, &name, &done);
}

static bool has_both(const struct fat *v, int release)
{
	return release_of(v, KERNEL) == release && release_of(v, TREE) == release;
}

static void cut_everywhere(void);

/* The next release, on what a cut has left. */
static void replace_again(const struct fat_image *image, bool checked)
{
	static struct fat v;
	int error;

	fat_mount(&v, &variant->geometry, image);
	fat_remount(&v, true);
	level++;
	used[level] = 0;
	v.on_event = take_snapshot;
	error = replace(&v, 2);
	v.on_event = NULL;
	if (error == -EEXIST && !checked)
		refused++;
	else if (error || !has_both(&v, 2))
		fault("replacing them again does not work");
	cut_everywhere();
	level--;
}

static void visit(void *context, const struct fat_image *image)
{
	static struct fat volumes[LEVELS];
	static struct fat_image repaired[LEVELS];
	struct fat *v = &volumes[level];
	int left, slot;

	(void)context;
	disks++;
	fat_mount(v, &variant->geometry, image);
	judge(v, "a name has no whole file");
	left = fat_find(v, FILE_NEW_IMAGE);
	slot = fat_find(v, FILE_IMAGE);
	shared += left >= 0 && slot >= 0 && v->cache.extent[left].start &&
		  v->cache.extent[left].start == v->cache.extent[slot].start;
	repaired[level] = *image;
	check_disk(&repaired[level]);
	fat_mount(v, &variant->geometry, &repaired[level]);
	judge(v, "a name has no whole file after fsck");
	if (level + 1 == LEVELS)
		return;
	replace_again(&repaired[level], true);
	replace_again(image, false);
}

static void cut_everywhere(void)
{
	for (unsigned int i = 0; i < used[level]; i++) {
		cuts++;
		fat_cut(&snapshots[level][i], bounds[level], visit, NULL);
	}
}

static void put(struct fat *v, enum kind kind)
{
	int slot = fat_create(v, files[kind]);

	if (slot < 0 || fat_write(v, slot, 0, contents[kind][0], sizes[kind][0]) != (int)sizes[kind][0])
		abort();
}

static void start(struct fat *v)
{
	static struct fat_image image;

	fat_format(&image, &variant->geometry);
	fat_mount(v, &variant->geometry, &image);
	fat_remount(v, true);
	if (variant->gap)
		fat_create(v, (enum file)FILE_GONE);
	put(v, KERNEL);
	put(v, TREE);
	fat_remove(v, (enum file)FILE_GONE);
	fat_sync(v);
}

static void cut_all(void)
{
	static struct fat v;

	start(&v);
	used[0] = level = 0;
	v.on_event = take_snapshot;
	if (replace(&v, 1) || !has_both(&v, 1))
		fault("they are not replaced");
	v.on_event = NULL;
	cut_everywhere();
}

/* No space: whatever was written so far goes, and what was there stays. */
static void run_out_of_space(void)
{
	static struct fat v;
	int error = -ENOSPC;

	for (int writes = 0; error == -ENOSPC; writes++) {
		start(&v);
		install_writes_left = writes;
		error = replace(&v, 1);
		if (error == -ENOSPC && (!has_both(&v, 0) || fat_find(&v, FILE_NEW_IMAGE) >= 0 ||
			fat_find(&v, FILE_NEW_TREE) >= 0))
			fault("without space for all of it something stays behind");
	}
	install_writes_left = -1;
}

int main(int argc, char **argv)
{
	until_first = argc > 1 && !strcmp(argv[1], "--first");

	for (size_t i = 0; i < KINDS * RELEASES; i++) {
		for (size_t j = 0; j < CONTENTS_MAX; j++)
			contents[i / RELEASES][i % RELEASES][j] = (uint8_t)(j * 7 + j / 256 + i * 31);
	}
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		variant = &variants[i];
		cut_all();
		run_out_of_space();
	}
	printf("# install: %lu cut points, %lu disks; a new kernel with the old device tree on %lu; two names for "
		"one file on %lu, not replaced without fsck on %lu\n", cuts, disks,
		seen_pairs[1][0] + seen_pairs[2][1] + seen_pairs[2][0], shared, refused);
	printf("%s sim: replacing kernel and device tree, cut anywhere\n", bad ? "not ok" : "ok");
	return bad > 0;
}
