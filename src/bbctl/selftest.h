/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bbctl selftest: what this project assumes of a board and its kernel, tried on one that is still open.
 * Each check says what it found, and changes nothing that lasts.
 */
#ifndef BB_SELFTEST_H
#define BB_SELFTEST_H

#include <stdbool.h>

#include "cmdline.h"
#include "config.h"
#include "selftest-judge.h"
#include "text.h"

/* Where something that is absent counts against the board. */
enum selftest_need { NEEDED, NEEDED_ON_IMX8M, NEEDED_FOR_TK, OPTIONAL };

/* X(function, name, need): in this order. Names are stable; docs/first-board.md says what to do. */
#define SELFTEST_TABLE(X) \
	X(check_board, "board", NEEDED) \
	X(check_words, "words", NEEDED) \
	X(check_hab, "hab", OPTIONAL) \
	X(check_soc, "soc", NEEDED_ON_IMX8M) \
	X(check_fuses, "fuses", NEEDED) \
	X(check_open, "open", NEEDED) \
	X(check_blank, "blank", NEEDED) \
	X(check_caam, "caam", NEEDED_ON_IMX8M) \
	X(check_caam_state, "caam-state", OPTIONAL) \
	X(check_key_service, "key-service", NEEDED_FOR_TK) \
	X(check_keys, "keys", NEEDED_FOR_TK) \
	X(check_key_damaged, "key-damaged", NEEDED_FOR_TK) \
	X(check_cipher, "cipher", NEEDED_FOR_TK) \
	X(check_mapping_1, "mapping-1", NEEDED_FOR_TK) \
	X(check_mapping_2, "mapping-2", NEEDED) \
	X(check_watchdog, "watchdog", NEEDED) \
	X(check_lockdown, "lockdown", NEEDED) \
	X(check_kexec_load, "kexec-load", NEEDED) \
	X(check_probe, "probe", NEEDED) \
	X(check_rng, "rng", NEEDED) \
	X(check_disk, "disk", NEEDED) \
	X(check_partitions, "partitions", NEEDED)

#define SELFTEST_ONE_MORE(function, name, need) +1
#define SELFTEST_COUNT (0 SELFTEST_TABLE(SELFTEST_ONE_MORE))

/* What a check goes by, and what it leaves for those behind it. */
struct selftest {
	struct config config;
	char words[CMDLINE_SIZE + 1]; /* the first stage's */
	bool imx8m;      /* the device tree says so */
	const struct selftest_soc *soc; /* NULL: none that is known */
	bool may_be_closed; /* nothing has shown that it is open */
	struct selftest_fuses fuses;
	char disk[32];   /* "" when there is none */
};

typedef enum selftest_status selftest_check(struct selftest *s, struct text *says);

#define SELFTEST_DECLARE(function, name, need) selftest_check function;
SELFTEST_TABLE(SELFTEST_DECLARE)
#undef SELFTEST_DECLARE

/* The functions of the table; all NULL in a bbctl that is not for the device. */
extern selftest_check *const selftest_checks[SELFTEST_COUNT];

/* printf, into a bounded text; what means something to a terminal becomes '?'. */
void selftest_say(struct text *says, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
