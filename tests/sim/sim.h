/* SPDX-License-Identifier: Apache-2.0 */
/* What the simulator's parts hand to each other. */
#ifndef BB_SIM_H
#define BB_SIM_H

#include "boot.h"
#include "fat.h"

/* The descriptor of the boot volume's directory. */
#define SIM_DIRECTORY 1000

/* The volume that the product's system calls work on (calls.c). */
extern struct fat *sim_fat;

/* What a volume that cannot be written answers to those calls: the remount, pwrite, fsync, a new file. */
enum refusal { REFUSES_NOTHING, REFUSES_REMOUNT, REFUSES_WRITES, REFUSES_SYNC, REFUSES_FILES, REFUSALS };
extern enum refusal sim_refuses;

/* What a kernel comes to: refused while it is loaded, started but never up, or up. */
enum outcome { COMES_UP, HANGS, NOT_LOADED };

/* How the device's software behaves in a story. */
struct world {
	enum outcome slot[2];     /* with the slot's own kernel */
	const char *bad_override; /* the override kernel that fails ... */
	enum outcome override;    /* ... and how */
	bool heals; /* a system that comes up puts the boot state in order: confirms, or goes back */
};

/* What one boot did. */
struct boot_result {
	struct boot boot;
	int up;                      /* the slot whose system came up, or -1 */
	unsigned long written;       /* sectors */
};

/* The product's slot stage on the volume, then the first candidate that loads. */
void sim_boot(struct fat *v, const struct world *world, struct boot_result *ret);

/* The same, where bit n of `loads` says that candidate n can be loaded; what loads comes up. */
void sim_boot_loading(struct fat *v, unsigned int loads, struct boot_result *ret);

/* The operating system's own writers (os.c); none of them waits for the disk. */
void os_set(struct fat *v, const char *key, const char *value); /* grub-editenv set */
void os_reset_count(struct fat *v); /* sed -i "s#bootcount=.*#bootcount=0 #g" */
void os_write_other(struct fat *v); /* a file that is written anew, as boot files are in an update */
/* The value of a key in a file on the volume, "" if there is none. */
const char *os_get(const struct fat *v, enum file file, const char *key);
/* An environment block of that size with these lines; lines NULL: no file. */
void os_install(struct fat *v, enum file file, const char *lines, size_t size);
/* Whether a file is that text and then padding. */
bool os_starts_with(const struct fat *v, enum file file, const char *text);
/* A file's bytes: its length, or a negative errno. */
int os_read(const struct fat *v, enum file file, uint8_t data[static FILE_SIZE_MAX]);

#endif
