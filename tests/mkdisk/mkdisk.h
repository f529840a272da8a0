/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mkdisk makes a complete disk image for the tests, without root and without device-mapper. It has
 * its own code for every format on purpose, so that it is an independent check of /init.
 * Functions that cannot do their work say why on standard error and end the program.
 */
#ifndef MKDISK_H
#define MKDISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SECTOR 512
#define MIB (1024 * 1024ULL)
#define SEED_EPOCH "1704067200" /* every time stamp on the disk: 2024-01-01 */

/* NXP's tagged keys; mainline's trusted keys, and those that stay in the CAAM. */
enum key_form { KEY_NONE, KEY_TAGGED, KEY_TRUSTED, KEY_PROTECTED };

/* AES-CBC: 16, 24 or 32 bytes; AES-XTS, for trusted keys: 32 or 64. */
struct key {
	enum key_form form;
	size_t size;
	uint8_t data[64];
};

/* Of a tagged key: header 20, black key roundup(size, 8) + 12, blob key 32, MAC 16. */
#define TAGGED_BLOB_SIZE(key_size) (20 + ((key_size) + 7) / 8 * 8 + 12 + 32 + 16)
/* Of the others: blob key 32, the key, MAC 16. */
#define BLOB_SIZE(key_size) ((key_size) + 32 + 16)
#define BLOB_SIZE_MAX BLOB_SIZE(64)
#define KEYS_MAX 2

enum filesystem { FS_EXT4, FS_FAT, FS_NONE };

struct partition {
	char name[32];     /* imx, boot, rootA, ..., or any name for a further one */
	char label[37];    /* of the partition: at most 36 characters in a GPT */
	char fs_label[17]; /* of the filesystem: at most 16 on ext4, 11 on FAT */
	char uuid[37];     /* of the filesystem; for FAT the first 8 hexadecimal digits count */
	char part_uuid[37];
	enum filesystem fs;
	bool encrypted;
	bool absent;
	uint64_t start, size; /* bytes */
	const char *dir;      /* what goes in, or NULL */
	const char *copy;     /* name of the partition whose filesystem this one repeats, or NULL */
	const char *dirty;    /* file whose first block is in the journal only, or NULL */
	const char *key_file; /* another key than the disk's, or NULL */
	const char *edit;     /* program that changes the filesystem once it is made, or NULL */
};

#define PARTITIONS_MAX 24

struct disk {
	struct partition part[PARTITIONS_MAX];
	size_t count;
	uint64_t size;      /* bytes */
	const char *prefix; /* resin or balena */
	bool open;          /* an open device: no balena-imx, nothing encrypted */
	unsigned int layout; /* how it is encrypted, 1 or 2: see keys.c */
	struct key key[KEYS_MAX];
	size_t keys;
};

/* A file that goes to the top of a FAT filesystem. */
struct fat_file {
	const char *name, *path;
};

#define FAT_FILES_MAX 64

struct fat_files {
	struct fat_file file[FAT_FILES_MAX];
	size_t count;
};

struct options {
	const char *out, *chip, *key, *seed, *write_key, *write_blob;
	const char *prefix, *bootenv;
	const char *dirs[5]; /* rootA rootB boot state data */
	unsigned int layout;
	enum key_form source; /* the form of the first key */
	bool open, json, no_blob, no_bootenv, no_report;
	struct fat_files blobs, extra;
	char *specs[PARTITIONS_MAX];
	size_t spec_count;
};

/* options.c */
/* Reads the command line; --help and a wrong one end the program. */
void options_parse(struct options *opt, int argc, char **argv);
/* Adds a file, or takes the place of the one with the same name. */
void add_file(struct fat_files *files, const char *name, const char *path);

/* util.c */
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* A wrong command line: like die, but with exit status 2 and a hint at --help. */
void die_usage(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* The temporary directory of this run, made at the first call and removed at exit. */
const char *scratch(void);
/* The path of a file in the temporary directory; the caller frees nothing, it lives until exit. */
char *scratch_path(const char *name, const char *suffix);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Reads a file of at most size bytes and yields its length; a longer one ends the program. */
size_t read_up_to(const char *path, void *data, size_t size);
/* Reads exactly size bytes; a file of any other length ends the program. */
void read_exactly(const char *path, void *data, size_t size);
void write_file(const char *path, const void *data, size_t size);
/* An output file under a name for the time being (taken over): removed at exit unless finished. */
void remove_unless_finished(char *path);
/* Gives that file its name. */
void finish(const char *name);
/*
 * Runs a program, found in PATH or the system directories, and waits for it. Its standard output
 * goes to the file out, or nowhere if that is NULL. Ends the program if it fails.
 */
void run(const char *const argv[], const char *out);
/* The same for debugfs, whose failures show on its standard error only. */
void run_debugfs(const char *const argv[], const char *out);

/* layout.c */
/* Fills in the usual partitions of a closed or an open device. */
void layout_init(struct disk *disk, const char *prefix, bool open);
/* Applies one --partition. */
void layout_spec(struct disk *disk, char *spec);
/* Drops the absent ones and gives every other partition its place. */
void layout_place(struct disk *disk);
struct partition *layout_find(struct disk *disk, const char *name);
void layout_print_json(const struct disk *disk, FILE *out);

/* chip.c */
/*
 * All randomness of a run. With a seed it is a function of the seed and of what it is for, so that
 * two runs make the same image.
 */
void random_bytes(const char *seed, const char *purpose, uint8_t *data, size_t size);
/* Wraps a key as the chip in chip_file would in its present state. Yields the size of the blob. */
size_t chip_wrap(const char *chip_file, const char *seed, const struct key *key,
	uint8_t blob[static BLOB_SIZE_MAX]);

/* keys.c */
/* Chooses the keys, or takes those of a file, in which they stand one after the other. */
void keys_init(struct disk *disk, const struct options *opt);
void keys_write(const struct disk *disk, const char *path);
/* The name of a key's blob on balena-imx. */
char *key_blob_name(const struct key *key);
/* The key of an encrypted partition. */
struct key key_of(const struct disk *disk, const struct partition *part);
/* What is added to the number of a partition's sector to make its IV. */
uint64_t key_iv_offset(const struct disk *disk, const struct partition *part);

/* gpt.c */
void gpt_write(const char *path, const struct disk *disk);

/* ext4.c, journal.c, fat.c: make a filesystem in the file path, which has its size already. */
unsigned int ext4_block_size(const struct partition *part);
void ext4_make(const struct partition *part, const char *path);
void journal_make(const struct partition *part, const char *path);
void fat_make(const struct partition *part, const struct fat_files *files, const char *path);

/* volume.c */
/* Copies a filesystem to its place in the image, encrypted if the partition is. */
void volume_write(
	int image, const struct disk *disk, const struct partition *part, const char *path);

#endif
