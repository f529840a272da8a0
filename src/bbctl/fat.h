/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files at the top of a FAT filesystem, read without mounting it, as the kernel would read them
 * (Microsoft, FAT specification 1.03; Linux, fs/fat/inode.c and fs/fat/dir.c). Nothing is written.
 * Every volume has an answer: no loop in a table or a directory lasts.
 */
#ifndef BB_FAT_H
#define BB_FAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A long name has at most 20 entries of 13 characters. */
#define FAT_NAME_MAX 260

struct fat {
	/* Reads so many bytes of the volume: 0 or a negative errno. Both set by the caller. */
	int (*read)(void *context, uint64_t offset, uint8_t *data, size_t size);
	void *context;
	unsigned int bits;     /* 12, 16 or 32 */
	uint32_t clusters;     /* they have the numbers 2 to clusters + 1 */
	uint32_t cluster_size; /* bytes, at most 512 KiB */
	uint64_t table, data;  /* offsets in bytes: of the first table, of cluster 2 */
	uint64_t root;         /* of the top directory, where it has a place of its own ... */
	uint32_t root_size;    /* ... of so many bytes; 0: it is a file like others ... */
	uint32_t root_cluster; /* ... that begins here */
};

struct fat_entry {
	char name[FAT_NAME_MAX + 1]; /* as the kernel shows it; '?' for what is not ASCII */
	char alias[13];              /* the short name */
	bool directory;
	uint32_t size, cluster;
};

/* Reads the geometry. Returns 0, -EINVAL when this is no FAT that the kernel mounts, or a read error. */
int fat_open(struct fat *fat);

/*
 * Calls visit for every file and directory at the top; stops when that returns nonzero, and returns
 * it. Otherwise 0, -EIO for a damaged chain, or a read error.
 */
typedef int fat_visit(void *context, const struct fat_entry *entry);
int fat_list(struct fat *fat, fat_visit *visit, void *context);

/*
 * Reads a whole file at the top, of at most size bytes; names are compared as the kernel does it,
 * without regard to case. Returns its length, -ENOENT, -EISDIR, -EFBIG (longer), -EIO, or a read error.
 */
int fat_read(struct fat *fat, const char *name, uint8_t *data, size_t size);

#endif
