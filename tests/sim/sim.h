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
	unsigned int candidate;      /* that was started, if one was */
	unsigned long written;       /* sectors */
};

/* The product's slot stage on the volume, then the first candidate that loads. */
void sim_boot(struct fat *v, const struct world *world, struct boot_result *ret);

/* The operating system's own writers (os.c); none of them waits for the disk. */
void os_set(struct fat *v, const char *key, const char *value); /* grub-editenv set */
void os_reset_count(struct fat *v); /* sed -i "s#bootcount=.*#bootcount=0 #g" */
void os_write_other(struct fat *v); /* a file that is written anew, as boot files are in an update */
/* The value of a key in a file on the volume, "" if there is none. */
const char *os_get(const struct fat *v, enum file file, const char *key);
/* A file's bytes: its length, or a negative errno. */
int os_read(const struct fat *v, enum file file, uint8_t data[static FILE_SIZE_MAX]);

#endif
