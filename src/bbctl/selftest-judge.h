/* SPDX-License-Identifier: Apache-2.0 */
/* What bbctl selftest makes of what it has read: no I/O. */
#ifndef BB_SELFTEST_JUDGE_H
#define BB_SELFTEST_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum selftest_status { SELFTEST_OK, SELFTEST_DIFFERS, SELFTEST_ABSENT, SELFTEST_FAILED };

/* What this project knows of a SoC: its name in /sys/devices/soc0/soc_id, and its fuses. */
struct selftest_soc {
	const char *id, *compatible;
	unsigned int fuse_words;
};

/* The row of a soc_id; NULL for any other. */
const struct selftest_soc *selftest_soc(const char *id);

/*
 * Whether a device tree's `compatible` (strings, each with its NUL) names a board of balena's device
 * type, or any of the SoCs.
 */
bool selftest_is_board(const char *compatible, size_t size, const char *device_type);
bool selftest_is_imx8m(const char *compatible, size_t size);

/* The fuse words that matter here. */
struct selftest_fuses {
	uint32_t lock, boot_cfg0, boot_cfg1, srk[8], field_return, srk_revoke;
};

/* Whether nothing was burnt yet that this project burns: says what was. */
enum selftest_status selftest_judge_blank(const struct selftest_fuses *fuses, struct text *says);

/* CAAM's status register (CSTA) on a device that is open: its mode of operation. */
enum selftest_status selftest_judge_csta(uint32_t csta, struct text *says);

/*
 * The entry with the highest priority of an algorithm in /proc/crypto, a string. Returns its
 * priority and the driver's name, or -ENOENT.
 */
int selftest_find_cipher(const char *crypto, const char *name, char *ret_driver, size_t ret_size);

/* Whether a tagged black key has the header and the length of its kind. */
bool selftest_key_is_good(const uint8_t *key, unsigned int key_size);

#define SELFTEST_SECTOR 512

/* One sector's text, written into the first two sectors of a scratch mapping, and what became of it. */
struct selftest_sectors {
	uint8_t plain[SELFTEST_SECTOR];
	uint8_t stored[2][SELFTEST_SECTOR]; /* below the mapping */
	uint8_t back[SELFTEST_SECTOR];      /* the first, read again */
	uint8_t elsewhere[SELFTEST_SECTOR]; /* the first, read through a mapping with another IV offset */
	uint64_t iv_offset;                 /* that one */
	bool is_xts;
};

/*
 * Whether that is AES-CBC with IVs that are the sector's number: with another IV only the first
 * block decrypts otherwise, by just the difference of both IVs. Or AES-XTS: every block does.
 */
enum selftest_status selftest_judge_sectors(const struct selftest_sectors *s, struct text *says);

/* A watchdog's answers, in seconds. */
struct selftest_watchdog {
	uint32_t wanted;       /* by the configuration */
	int timeout;           /* as it was found */
	int tried, tried_read; /* another one that was set, and what it says then */
	int left;              /* until it resets the device; negative: it does not say */
};

enum selftest_status selftest_judge_watchdog(const struct selftest_watchdog *w, struct text *says);

/* The last line of the kernel's log with a text in it, without its level and time; "" without one. */
void selftest_find_line(const char *log, const char *text, char *ret, size_t ret_size);

#endif
