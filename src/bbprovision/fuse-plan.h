/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fuse to burn next: a function of nothing but what the fuses hold and what they are to hold.
 * It is asked again after every write, so that what a power cut left half done, also within one
 * word, is gone on with; and it is asked about made-up fuses, to say what would be burnt.
 *
 *     program:  SRK hash, word by word | all of it read | SRK lock
 *     close:    hash read whole and locked | JTAG off, all of it read | SEC_CONFIG
 *
 * So no cut leaves a device that is closed and open to JTAG, or locked to a part of a hash.
 * FIELD_RETURN has no place here: on i.MX8MP burning it makes the device unusable.
 */
#ifndef BB_FUSE_PLAN_H
#define BB_FUSE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "fuses.h"
#include "reason.h"

/* Alike in i.MX8MM and i.MX8MP (U-Boot, doc/imx/habv4/guides/mx8m_secure_boot.txt; imx-otp-tool). */
#define FUSE_LOCK 0x00                        /* bank 0, word 0 */
#define FUSE_LOCK_BOOT_CFG (UINT32_C(1) << 2) /* of its two bits, the one that ends burning */
#define FUSE_LOCK_SRK (UINT32_C(1) << 9)
#define FUSE_SJC_DISABLE (UINT32_C(1) << 21)  /* of BOOT_CFG0, as the next two */
#define FUSE_JTAG_SMODE (UINT32_C(3) << 22)   /* both bits: no debug */
#define FUSE_JTAG_HEO (UINT32_C(1) << 26)
#define FUSE_JTAG_OFF (FUSE_SJC_DISABLE | FUSE_JTAG_SMODE | FUSE_JTAG_HEO)
#define FUSE_SRK 0x60                         /* banks 6 and 7 */
#define FUSE_SRK_WORDS 8
#define FUSE_SRK_REVOKE 0x9c                  /* bank 9, word 3: bit n for slot n, 0 to 2 */
#define FUSE_SLOTS_REVOCABLE 3

/* What the fuses hold, as far as it matters here. */
struct fuse_words {
	uint32_t lock, boot_cfg0, srk[FUSE_SRK_WORDS], revoked;
};

struct fuse_goal {
	enum { FUSE_PROGRAM, FUSE_CLOSE, FUSE_REVOKE } kind;
	uint32_t srk[FUSE_SRK_WORDS]; /* what the SRK fuses are to hold; not for FUSE_REVOKE */
	unsigned int slot;            /* for FUSE_REVOKE, below FUSE_SLOTS_REVOCABLE */
};

/* One write of four bytes: bits that are 0 now and become 1. */
struct fuse_write {
	uint32_t offset, bits;
	bool is_final; /* from here on a device may start nothing that it was not meant for */
};

/*
 * Returns PROVISION_NONE with the next write, whose bits are 0 when nothing is left to do; or why
 * these fuses can never reach the goal, with *ret the word at fault and its bits.
 */
enum provision_reason fuse_next(
	const struct fuse_words *now, const struct fuse_goal *goal, struct fuse_write *ret);

/* The word at one of the offsets above; NULL for any other. */
uint32_t *fuse_word(struct fuse_words *words, uint32_t offset);

#endif
