/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot state: a GRUB environment block (GRUB, lib/envblk.c and docs "Environment block"): the
 * line "# GRUB Environment Block", then key=value lines in which a backslash escapes the next
 * byte, then '#' up to the end. The operating system edits it with grub-editenv and with sed, which
 * leaves blanks behind a value and a file one byte longer.
 */
#ifndef BB_BOOTENV_H
#define BB_BOOTENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTENV_SIZE_MIN 1024
#define BOOTENV_SIZE_MAX 4096
#define BOOTENV_COUNT_MAX 99
#define BOOTENV_ABI_MAX 64

enum slot { SLOT_A, SLOT_B };

struct bootenv {
	enum slot root;          /* resin_root_part; A when there is none */
	bool upgrade_available;  /* upgrade_available; false when there is none */
	unsigned int bootcount;  /* bootcount, at most BOOTENV_COUNT_MAX; 0 when there is none */
	char override_abi[BOOTENV_ABI_MAX + 1];     /* kernel_override_abi; empty when there is none */
	char committed_abi[2][BOOTENV_ABI_MAX + 1]; /* kernel_override_abi_committed_A, _B */
	unsigned int discarded;  /* keys with a bad value, or given twice: as if they were not there */
};

/*
 * Reads an environment block. Blanks around a value are dropped; unknown keys are ignored; a bad
 * value discards its key only.
 * Returns 0, or -EINVAL when the bytes are no environment block of BOOTENV_SIZE_MIN..MAX bytes, or
 * parts of two.
 */
int bootenv_parse(const uint8_t *data, size_t size, struct bootenv *ret);

/*
 * What bootenv_parse makes of one raw value of a key that stands once.
 * Returns 0, -EINVAL (discarded), or -ENOENT for a key that it does not know.
 */
int bootenv_judge(const char *key, size_t key_length, const char *value, size_t value_length);

/*
 * Sets one key in a block, in place, to a raw value; everything else stays as it is, byte for byte.
 * A key that stood more than once stands once then, at its last place.
 * Returns 0, -EINVAL (no environment block) or -ENOSPC; the block is untouched on failure.
 */
int bootenv_set(uint8_t *data, size_t size, const char *key, const char *value);

/*
 * Calls visit for each key=value line, raw (not unescaped, not trimmed); stops when it returns
 * nonzero and returns that. Returns -EINVAL when the bytes are no environment block.
 */
typedef int bootenv_visit(void *context, const char *key, size_t key_length,
	const char *value, size_t value_length);
int bootenv_each(const uint8_t *data, size_t size, bootenv_visit *visit, void *context);

/* 'A' or 'B' */
static inline char slot_letter(enum slot slot)
{
	return slot == SLOT_A ? 'A' : 'B';
}

static inline enum slot slot_other(enum slot slot)
{
	return slot == SLOT_A ? SLOT_B : SLOT_A;
}

#endif
