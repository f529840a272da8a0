/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chip whose fuses are burnt by the product's code and that loses its power at any bit. What must
 * hold is said here with numbers of its own, from the reference manual and not from the product.
 */
#ifndef CHIP_H
#define CHIP_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "fuse-burn.h"

#define BIT(n) (UINT32_C(1) << (n))
#define LOCKS_SRK BIT(9)
#define LOCKS_BOOT_CFG BIT(2)
#define JTAG_OFF (BIT(21) | BIT(22) | BIT(23) | BIT(26))
#define CLOSED BIT(25)
#define WORDS 13 /* of 4 bytes, see below */

/* All that lasts. */
struct fuses {
	uint32_t lock, boot_cfg0, srk[8], field_return, revoked, elsewhere;
};
_Static_assert(sizeof(struct fuses) == 4 * WORDS, "no gaps");

/* What somebody runs. Artifacts are signed for one hash, and may change after they were verified.
 */
struct command {
	const char *name;
	struct fuse_goal goal;
	int good; /* how many times in a row what is verified is good; of two hashes: 0 */
};

/* How a write goes that is not to go well. */
enum fate {
	FATE_CUT,    /* these bits are burnt, and the power is gone */
	FATE_ERROR,  /* these bits are burnt, and the write fails */
	FATE_SILENT, /* these bits are burnt, and the write says that all are */
	FATE_OTHER,  /* all are burnt, and a bit elsewhere too */
};

struct run {
	struct fuses fuses;
	const struct command *command;
	uint32_t unreadable; /* the offset of a word that is locked against reading; 1: none */
	bool is_revoke_locked;

	int fate_at; /* the write that does not go well, from 0; -1: all do */
	enum fate fate;
	uint32_t burns; /* of its bits */

	jmp_buf power;
	unsigned int writes;
	int checks;
	uint32_t bits[16]; /* of each write */
	bool is_checked;   /* since the last write */
	bool is_over;      /* a write has not gone well: nothing more may be written */
	const char *violation;
	struct fuse_outcome outcome;
	bool is_cut;
};

/* Runs the command on the fuses, and looks at each write. */
void run_command(struct run *run);

/* Whether fuses can be brought to a hash, closed and locked; or nothing does that any more. */
bool can_finish(const struct fuses *fuses, const uint32_t srk[static 8]);
bool has_hash(const struct fuses *fuses, const uint32_t srk[static 8]);

#endif
