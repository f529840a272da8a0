/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated FAT volume: what is on the disk, and what only the page cache has yet.
 *
 * It has what a cut can tear apart: the dirty flag, the allocation table, directory sectors with a slot
 * for the long name and one for the short name of each file, each file's start and size, and data
 * sectors. Such a part is a cell; a cell reaches the disk whole (a sector is written whole or not at
 * all, and a file's start and size stand in one). Each change of a cell is a version. Until a barrier,
 * the disk may have any version of any cell, whatever it has of the others: writeback takes a sector
 * at any time and in any order.
 */
#ifndef BB_SIM_FAT_H
#define BB_SIM_FAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SECTOR 512
#define DATA_SECTORS 32
#define CLUSTERS_MAX DATA_SECTORS
#define DIRECTORY_SECTORS 2
#define SECTOR_SLOTS 16
#define SLOTS (DIRECTORY_SECTORS * SECTOR_SLOTS)
#define FILE_SIZE_MAX 4096
#define PENDING_MAX 96

/* Clusters are numbered from 1; 0 is "none" for a file and "free" in the table. */
#define CLUSTER_END 0xff

enum file { FILE_NONE, FILE_BOOTENV, FILE_COPY, FILE_TEMPORARY, FILE_OTHER, FILES };

struct slot_entry {
	uint8_t file;  /* FILE_NONE: unused or deleted */
	uint8_t short_name; /* the slot that start and size belong to; the one before holds the long name */
};

struct fat_image {
	uint8_t dirty;
	uint8_t table[CLUSTERS_MAX + 1];
	struct slot_entry directory[SLOTS];
	struct extent {
		uint16_t size;
		uint8_t start;
	} extent[SLOTS];
	uint8_t data[DATA_SECTORS][SECTOR];
};

/* How the volume was formatted, and what else is on it: decides which parts share a sector. */
struct geometry {
	const char *name;
	unsigned int cluster_sectors;
	unsigned int slots_taken; /* at the directory's beginning, by other files */
};

struct version {
	uint8_t cell;
	uint8_t data[SECTOR];
};

struct fat {
	const struct geometry *geometry;
	struct fat_image disk, cache;
	unsigned int pendings;
	bool writable, was_dirty; /* found dirty when it was mounted: the flag is then left alone */
	unsigned int next_free;   /* where the search for a free cluster starts */
	unsigned long written;    /* sectors that reached the disk */
	/* Called where a cut makes a difference: before and after each write and barrier. */
	void (*on_event)(struct fat *v);
	struct version pending[PENDING_MAX];
};

/* Mounts an image, read-only. */
void fat_mount(struct fat *v, const struct geometry *geometry, const struct fat_image *image);

/* A volume as it is now; what is not pending is not copied. */
void fat_copy(struct fat *ret, const struct fat *v);

/* As fs/fat/inode.c, fat_remount: read-only is a barrier; each sets or clears the dirty flag, synced. */
void fat_remount(struct fat *v, bool writable);

/* An empty volume, as formatted. */
void fat_format(struct fat_image *ret, const struct geometry *geometry);

/* The slot of a file's short name, or a negative errno. */
int fat_find(const struct fat *v, enum file file);
int fat_create(struct fat *v, enum file file);
/* Frees a file's clusters; what of it was not on the disk yet never gets there. */
void fat_truncate(struct fat *v, int slot);
void fat_rename(struct fat *v, enum file from, enum file to);
/* The same where the file that is replaced is open: yields its first cluster, for fat_free() when it is closed. */
unsigned int fat_rename_open(struct fat *v, enum file from, enum file to);
void fat_free(struct fat *v, unsigned int cluster);
void fat_remove(struct fat *v, enum file file);

/* As pread and pwrite: the count, or a negative errno. A damaged chain is -EIO. */
int fat_read(const struct fat *v, int slot, size_t offset, void *data, size_t size);
int fat_write(struct fat *v, int slot, size_t offset, const void *data, size_t size);
size_t fat_size(const struct fat *v, int slot);

/* As fs/fat/file.c, fat_file_fsync: the file's data, its directory entry's sector, the table. */
void fat_sync_file(struct fat *v, int slot);
/* The directory's sectors. */
void fat_sync_directory(struct fat *v);
void fat_sync(struct fat *v);

/*
 * Calls visit with what the disk may hold if the power goes now: every choice of a version for every
 * cell if there are at most `bound` of them, or else `bound` of them, the first two of which are nothing
 * and everything.
 */
typedef void fat_visit(void *context, const struct fat_image *image);
void fat_cut(const struct fat *v, unsigned int bound, fat_visit *visit, void *context);

#endif
