// SPDX-License-Identifier: Apache-2.0
// The simulated volume; see fat.h. What the kernel does below each call is from fs/fat of Linux 6.12.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fat.h"

// Cells: the flag, the table, directory sectors, each slot's start and size, data sectors.
#define CELL_DIRTY 0
#define CELL_TABLE 1
#define CELL_DIRECTORY 2
#define CELL_EXTENT (CELL_DIRECTORY + DIRECTORY_SECTORS)
#define CELL_DATA (CELL_EXTENT + SLOTS)
#define CELLS (CELL_DATA + DATA_SECTORS)

static size_t cell_size(unsigned int cell)
{
	if (cell == CELL_DIRTY)
		return sizeof(uint8_t);
	if (cell == CELL_TABLE)
		return sizeof(((struct fat_image *)0)->table);
	if (cell < CELL_EXTENT)
		return SECTOR_SLOTS * sizeof(struct slot_entry);
	return cell < CELL_DATA ? sizeof(struct extent) : SECTOR;
}

static void *cell_at(struct fat_image *image, unsigned int cell)
{
	if (cell == CELL_DIRTY)
		return &image->dirty;
	if (cell == CELL_TABLE)
		return image->table;
	if (cell < CELL_EXTENT)
		return &image->directory[(cell - CELL_DIRECTORY) * SECTOR_SLOTS];
	if (cell < CELL_DATA)
		return &image->extent[cell - CELL_EXTENT];
	return image->data[cell - CELL_DATA];
}

static void event(struct fat *v)
{
	if (v->on_event)
		v->on_event(v);
}

// The cache's cell has changed: one more version that may reach the disk.
static void changed(struct fat *v, unsigned int cell)
{
	struct version *version;

	if (v->pendings == PENDING_MAX)
		abort();
	version = &v->pending[v->pendings++];
	version->cell = (uint8_t)cell;
	memcpy(version->data, cell_at(&v->cache, cell), cell_size(cell));
	event(v);
}

// The newest version of a cell is on the disk.
static void flush(struct fat *v, unsigned int cell)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < v->pendings; i++) {
		if (v->pending[i].cell != cell)
			v->pending[kept++] = v->pending[i];
	}
	if (kept == v->pendings)
		return;
	v->pendings = kept;
	v->written++;
	memcpy(cell_at(&v->disk, cell), cell_at(&v->cache, cell), cell_size(cell));
	event(v);
}

// What is in the cache only and belongs to a freed cluster is never written.
static void forget_data(struct fat *v, unsigned int cluster)
{
	unsigned int first = CELL_DATA + (cluster - 1) * v->geometry->cluster_sectors, kept = 0;

	for (unsigned int i = 0; i < v->pendings; i++) {
		unsigned int cell = v->pending[i].cell;

		if (cell < first || cell >= first + v->geometry->cluster_sectors)
			v->pending[kept++] = v->pending[i];
		else
			memcpy(cell_at(&v->cache, cell), cell_at(&v->disk, cell), SECTOR);
	}
	v->pendings = kept;
}

void fat_format(struct fat_image *ret, const struct geometry *geometry)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned int i = 0; i < geometry->slots_taken; i++)
		ret->directory[i].file = FILES;
}

void fat_mount(struct fat *v, const struct geometry *geometry, const struct fat_image *image)
{
	v->geometry = geometry;
	v->disk = v->cache = *image;
	v->pendings = 0;
	v->writable = false;
	v->was_dirty = image->dirty;
	v->next_free = 1;
	v->written = 0;
	v->on_event = NULL;
}

void fat_copy(struct fat *ret, const struct fat *v)
{
	memcpy(ret, v, offsetof(struct fat, pending) + v->pendings * sizeof(v->pending[0]));
}

void fat_remount(struct fat *v, bool writable)
{
	if (v->writable == writable)
		return;
	if (!writable)
		fat_sync(v);
	v->writable = writable;
	if (v->was_dirty)
		return;
	event(v);
	v->disk.dirty = v->cache.dirty = writable;
	v->written++;
	event(v);
}

int fat_find(const struct fat *v, enum file file)
{
	for (int i = 1; i < SLOTS; i++) {
		const struct slot_entry *slot = &v->cache.directory[i];

		if (slot->file == file && slot->short_name && slot[-1].file == file && !slot[-1].short_name)
			return i;
	}
	return -ENOENT;
}

static void set_slot(struct fat *v, int slot, enum file file, bool short_name)
{
	v->cache.directory[slot] = (struct slot_entry){ (uint8_t)file, short_name };
}

// Both slots of one sector are one change, as they are in one buffer.
static void change_pair(struct fat *v, int slot)
{
	unsigned int first = CELL_DIRECTORY + (unsigned int)(slot - 1) / SECTOR_SLOTS;
	unsigned int second = CELL_DIRECTORY + (unsigned int)slot / SECTOR_SLOTS;

	changed(v, first);
	if (second != first)
		changed(v, second);
}

int fat_create(struct fat *v, enum file file)
{
	int slot = 1;

	event(v);
	while (slot < SLOTS && (v->cache.directory[slot - 1].file || v->cache.directory[slot].file))
		slot++;
	if (slot == SLOTS)
		return -ENOSPC;
	set_slot(v, slot - 1, file, false);
	set_slot(v, slot, file, true);
	// A new entry is written with its fields; there is none yet.
	v->cache.extent[slot] = (struct extent){ 0 };
	changed(v, CELL_EXTENT + (unsigned int)slot);
	change_pair(v, slot);
	return slot;
}

static void free_clusters(struct fat *v, unsigned int cluster)
{
	bool any = false;

	while (cluster && cluster <= CLUSTERS_MAX && v->cache.table[cluster]) {
		unsigned int next = v->cache.table[cluster];

		v->cache.table[cluster] = 0;
		forget_data(v, cluster);
		any = true;
		cluster = next == CLUSTER_END ? 0 : next;
	}
	if (any)
		changed(v, CELL_TABLE);
}

void fat_truncate(struct fat *v, int slot)
{
	struct extent old = v->cache.extent[slot];

	event(v);
	v->cache.extent[slot] = (struct extent){ 0 };
	changed(v, CELL_EXTENT + (unsigned int)slot);
	free_clusters(v, old.start);
}

static void remove_slots(struct fat *v, int slot)
{
	set_slot(v, slot - 1, FILE_NONE, false);
	set_slot(v, slot, FILE_NONE, false);
	change_pair(v, slot);
}

void fat_remove(struct fat *v, enum file file)
{
	int slot = fat_find(v, file);
	unsigned int start;

	if (slot < 0)
		return;
	event(v);
	start = v->cache.extent[slot].start;
	remove_slots(v, slot);
	free_clusters(v, start);
}

// fs/fat/namei_vfat.c, vfat_rename: the target's entry gets the file, then the old name goes, then the
// clusters of what was replaced.
unsigned int fat_rename_open(struct fat *v, enum file from, enum file to)
{
	int source = fat_find(v, from), target = fat_find(v, to);
	unsigned int replaced;

	if (source < 0 || target < 0)
		abort();
	event(v);
	replaced = v->cache.extent[target].start;
	v->cache.extent[target] = v->cache.extent[source];
	changed(v, CELL_EXTENT + (unsigned int)target);
	remove_slots(v, source);
	return replaced;
}

void fat_free(struct fat *v, unsigned int cluster)
{
	free_clusters(v, cluster);
}

void fat_rename(struct fat *v, enum file from, enum file to)
{
	fat_free(v, fat_rename_open(v, from, to));
}

size_t fat_size(const struct fat *v, int slot)
{
	return v->cache.extent[slot].size;
}

// The cluster that holds an offset; 0 for none; a negative errno for a chain that ends too early.
static int find_cluster(const struct fat *v, int slot, size_t offset)
{
	size_t bytes = v->geometry->cluster_sectors * SECTOR;
	unsigned int cluster = v->cache.extent[slot].start;

	for (size_t i = 0; cluster && i < offset / bytes; i++) {
		cluster = v->cache.table[cluster];
		if (!cluster || cluster > CLUSTERS_MAX)
			return -EIO;
	}
	return (int)cluster;
}

static unsigned int data_sector(const struct fat *v, unsigned int cluster, size_t offset)
{
	unsigned int in_cluster = (unsigned int)(offset / SECTOR) % v->geometry->cluster_sectors;

	return (cluster - 1) * v->geometry->cluster_sectors + in_cluster;
}

int fat_read(const struct fat *v, int slot, size_t offset, void *data, size_t size)
{
	size_t left = fat_size(v, slot) > offset ? fat_size(v, slot) - offset : 0;

	size = size < left ? size : left;
	for (size_t done = 0; done < size;) {
		size_t at = offset + done, in_sector = at % SECTOR, part = SECTOR - in_sector;
		int cluster = find_cluster(v, slot, at);

		if (cluster < 0)
			return cluster;
		part = part < size - done ? part : size - done;
		if (!cluster) // size without a start: read as a hole
			memset((char *)data + done, 0, part);
		else
			memcpy((char *)data + done,
				v->cache.data[data_sector(v, (unsigned int)cluster, at)] + in_sector, part);
		done += part;
	}
	return (int)size;
}

static unsigned int find_free(struct fat *v)
{
	unsigned int clusters = DATA_SECTORS / v->geometry->cluster_sectors;

	for (unsigned int i = 0; i < clusters; i++) {
		unsigned int cluster = (v->next_free + i) % clusters + 1;

		if (v->cache.table[cluster])
			continue;
		v->next_free = cluster;
		return cluster;
	}
	return 0;
}

// Appends a cluster to the file: the table, then the entry or the chain's last link.
static int add_cluster(struct fat *v, int slot)
{
	unsigned int last = v->cache.extent[slot].start, cluster = find_free(v);

	if (!cluster)
		return -ENOSPC;
	v->cache.table[cluster] = CLUSTER_END;
	changed(v, CELL_TABLE);
	if (!last) {
		v->cache.extent[slot].start = (uint8_t)cluster;
		changed(v, CELL_EXTENT + (unsigned int)slot);
		return 0;
	}
	for (unsigned int i = 0; v->cache.table[last] != CLUSTER_END; i++) {
		last = v->cache.table[last];
		if (!last || last > CLUSTERS_MAX || i == CLUSTERS_MAX) // torn: the end is missing, or it runs in a circle
			return -EIO;
	}
	v->cache.table[last] = (uint8_t)cluster;
	changed(v, CELL_TABLE);
	return 0;
}

static bool has_cluster(const struct fat *v, int slot, size_t offset)
{
	size_t bytes = v->geometry->cluster_sectors * SECTOR, clusters = (fat_size(v, slot) + bytes - 1) / bytes;

	return offset / bytes < clusters && v->cache.extent[slot].start;
}

int fat_write(struct fat *v, int slot, size_t offset, const void *data, size_t size)
{
	if (!v->writable)
		return -EROFS;
	if (offset + size > FILE_SIZE_MAX || offset > fat_size(v, slot))
		return -EFBIG;
	event(v);
	for (size_t done = 0; done < size;) {
		size_t at = offset + done, in_sector = at % SECTOR, part = SECTOR - in_sector;
		int cluster = has_cluster(v, slot, at) ? 0 : add_cluster(v, slot);
		unsigned int sector;

		if (!cluster)
			cluster = find_cluster(v, slot, at);
		if (cluster <= 0)
			return cluster ? cluster : -EIO;
		part = part < size - done ? part : size - done;
		sector = data_sector(v, (unsigned int)cluster, at);
		memcpy(v->cache.data[sector] + in_sector, (const char *)data + done, part);
		changed(v, CELL_DATA + sector);
		done += part;
		// The size follows the data page by page; here sector by sector.
		if (at + part > fat_size(v, slot)) {
			v->cache.extent[slot].size = (uint16_t)(at + part);
			changed(v, CELL_EXTENT + (unsigned int)slot);
		}
	}
	return (int)size;
}

void fat_sync_file(struct fat *v, int slot)
{
	event(v);
	for (size_t at = 0; at < fat_size(v, slot); at += SECTOR) {
		int cluster = find_cluster(v, slot, at);

		if (cluster > 0)
			flush(v, CELL_DATA + data_sector(v, (unsigned int)cluster, at));
	}
	flush(v, CELL_EXTENT + (unsigned int)slot);
	flush(v, CELL_DIRECTORY + (unsigned int)slot / SECTOR_SLOTS);
	flush(v, CELL_TABLE);
}

void fat_sync_directory(struct fat *v)
{
	event(v);
	for (unsigned int i = 0; i < DIRECTORY_SECTORS; i++)
		flush(v, CELL_DIRECTORY + i);
}

void fat_sync(struct fat *v)
{
	event(v);
	for (unsigned int cell = 0; cell < CELLS; cell++)
		flush(v, cell);
}

// The versions of each cell that is not on the disk, to choose from.
struct choice {
	unsigned int cells;
	uint8_t cell[CELLS];
	unsigned int versions[CELLS]; // the disk's own included
};

static struct choice find_choice(const struct fat *v)
{
	struct choice choice = { 0 };

	for (unsigned int i = 0; i < v->pendings; i++) {
		unsigned int j = 0;

		while (j < choice.cells && choice.cell[j] != v->pending[i].cell)
			j++;
		if (j == choice.cells) {
			choice.cell[choice.cells++] = v->pending[i].cell;
			choice.versions[j] = 1;
		}
		choice.versions[j]++;
	}
	return choice;
}

// The disk with one version of each cell: 0 is what is on it already.
static void compose(const struct fat *v, const struct choice *choice, const unsigned int *taken,
	struct fat_image *ret)
{
	*ret = v->disk;
	for (unsigned int j = 0; j < choice->cells; j++) {
		unsigned int left = taken[j];

		for (unsigned int i = 0; left && i < v->pendings; i++) {
			if (v->pending[i].cell != choice->cell[j] || --left)
				continue;
			memcpy(cell_at(ret, choice->cell[j]), v->pending[i].data, cell_size(choice->cell[j]));
		}
	}
}

// The next combination, as a number whose digits have a base each; false after the last one.
static bool next_choice(const struct choice *choice, unsigned int *taken)
{
	for (unsigned int j = 0; j < choice->cells; j++) {
		if (++taken[j] < choice->versions[j])
			return true;
		taken[j] = 0;
	}
	return false;
}

static unsigned int chance(unsigned int below)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return (state >> 16) % below;
}

// Number k of at most `share` that stand for all of them, evenly; `members` or more when k is beyond the last.
static unsigned int pick(unsigned int k, unsigned int share, unsigned int members)
{
	return members <= share ? k : k * members / share;
}

/*
 * Combination number n of `bound` that stand for all: nothing more, everything, and then by turns what the
 * cache had after a change, a cell alone at its newest, a cell alone left behind, and by chance. Where there
 * are fewer of a kind, chance has the rest.
 */
static void sample_choice(const struct fat *v, const struct choice *choice, unsigned int n, unsigned int bound,
	unsigned int *taken)
{
	enum { CHANGES, ALONE, MISSING, BY_CHANCE } kind = n % 4;
	unsigned int members = kind == CHANGES ? v->pendings - 1 : choice->cells;
	unsigned int one = n < 2 ? 0 : pick((n - 2) / 4, (bound + 1) / 4, members);

	for (unsigned int j = 0; j < choice->cells; j++) {
		unsigned int newest = choice->versions[j] - 1;

		taken[j] = 0;
		if (n < 2) {
			taken[j] = n ? newest : 0;
		} else if (kind == BY_CHANCE || one >= members) {
			taken[j] = chance(choice->versions[j]);
		} else if (kind == CHANGES) {
			for (unsigned int i = 0; i <= one; i++)
				taken[j] += v->pending[i].cell == choice->cell[j];
		} else {
			taken[j] = (one == j) == (kind == ALONE) ? newest : 0;
		}
	}
}

void fat_cut(const struct fat *v, unsigned int bound, fat_visit *visit, void *context)
{
	struct choice choice = find_choice(v);
	unsigned int taken[CELLS] = { 0 };
	unsigned long all = 1;
	struct fat_image image;

	for (unsigned int j = 0; j < choice.cells && all <= bound; j++)
		all *= choice.versions[j];
	for (unsigned int n = 0; all > bound ? n < bound : n == 0; n++) {
		if (all > bound) {
			sample_choice(v, &choice, n, bound, taken);
			compose(v, &choice, taken, &image);
			visit(context, &image);
			continue;
		}
		do {
			compose(v, &choice, taken, &image);
			visit(context, &image);
		} while (next_choice(&choice, taken));
	}
}
