// SPDX-License-Identifier: Apache-2.0
// Which fuse comes next, and what a command line says of the boot ROM. That no order and no cut
// does harm is shown in tests/sim/fuses.

#include <string.h>

#include "../../src/bbprovision/fuse-plan.h"
#include "../../src/bbprovision/hab-status.h"
#include "test.h"

#define HASH                                                                                       \
	{                                                                                          \
		0x11, 0x12, 0x14, 0x18, 0x21, 0x22, 0x24, 0x28                                     \
	}
#define JTAG_OFF 0x04e00000u
#define CLOSED 0x02000000u

static const struct fuse_case {
	const char *name;
	struct fuse_words now;
	int goal;
	enum provision_reason reason;
	uint32_t offset, bits;
	bool is_final;
} cases[] = {
	{ "nothing burnt", { 0 }, FUSE_PROGRAM, PROVISION_NONE, 0x60, 0x11, false },
	{ "a word half burnt", { 0, 0, { 0x01 }, 0 }, FUSE_PROGRAM, PROVISION_NONE, 0x60, 0x10,
		false },
	{ "up to the last word", { 0, 0, { 0x11, 0x12, 0x14, 0x18, 0x21, 0x22, 0x24, 0 }, 0 },
		FUSE_PROGRAM, PROVISION_NONE, 0x7c, 0x28, false },
	{ "all words", { 0x4000, 0, HASH, 0 }, FUSE_PROGRAM, PROVISION_NONE, 0x00, 0x200, true },
	{ "hash and lock", { 0x200, 0, HASH, 0 }, FUSE_PROGRAM, PROVISION_NONE, 0x00, 0, true },
	{ "a bit too many, far behind", { 0, 0, { 0, 0, 0, 0, 0, 0, 0, 0x40 }, 0 }, FUSE_PROGRAM,
		PROVISION_SRK_MISMATCH, 0x7c, 0x40, false },
	{ "the lock too early", { 0x200, 0, { 0x11 }, 0 }, FUSE_PROGRAM, PROVISION_SRK_LOCKED, 0x64,
		0x12, false },
	{ "closed too early", { 0, CLOSED, { 0 }, 0 }, FUSE_PROGRAM, PROVISION_SRK_MISMATCH, 0x60,
		0x11, false },
	{ "boot fuses locked", { 4, 0, HASH, 0 }, FUSE_PROGRAM, PROVISION_BOOT_CFG_LOCKED, 0x1c,
		JTAG_OFF | CLOSED, false },
	{ "only overriding locked", { 8, 0, HASH, 0 }, FUSE_PROGRAM, PROVISION_NONE, 0x00, 0x200,
		true },
	{ "closing, nothing burnt", { 0 }, FUSE_CLOSE, PROVISION_SRK_UNPROGRAMMED, 0x60, 0x11,
		false },
	{ "closing without the lock", { 0, 0, HASH, 0 }, FUSE_CLOSE, PROVISION_SRK_UNPROGRAMMED,
		0x00, 0x200, false },
	{ "closing", { 0x200, 0x10002000, HASH, 0 }, FUSE_CLOSE, PROVISION_NONE, 0x1c, JTAG_OFF,
		false },
	{ "closing, secure JTAG", { 0x200, 0x00400000, HASH, 0 }, FUSE_CLOSE, PROVISION_NONE, 0x1c,
		0x04a00000, false },
	{ "JTAG off", { 0x200, JTAG_OFF, HASH, 0 }, FUSE_CLOSE, PROVISION_NONE, 0x1c, CLOSED,
		true },
	{ "closed with JTAG open", { 0x200, CLOSED, HASH, 0 }, FUSE_CLOSE, PROVISION_NONE, 0x1c,
		JTAG_OFF, false },
	{ "closed", { 0x204, JTAG_OFF | CLOSED, HASH, 0 }, FUSE_CLOSE, PROVISION_NONE, 0x1c, 0,
		true },
	{ "a slot", { 0, 0, { 0 }, 1 }, FUSE_REVOKE, PROVISION_NONE, 0x9c, 4, true },
	{ "a slot again", { 0, 0, { 0 }, 5 }, FUSE_REVOKE, PROVISION_NONE, 0x9c, 0, true },
};

static void next_fuse(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct fuse_case *c = &cases[i];
		struct fuse_goal goal = { .srk = HASH, .slot = 2 };
		struct fuse_write write;

		goal.kind = c->goal;
		test_case = c->name;
		test_assert(fuse_next(&c->now, &goal, &write) == c->reason);
		test_assert(write.offset == c->offset && write.bits == c->bits);
		test_assert(c->reason || write.is_final == c->is_final);
	}
}

// No other word of the chip can be named, FIELD_RETURN above all.
static void words_there_are(void)
{
	struct fuse_words words = { 0 };
	unsigned int found = 0;

	for (uint32_t offset = 0; offset < 0x600; offset++)
		found += fuse_word(&words, offset) != NULL;
	test_assert(found == sizeof(words) / 4);
	test_assert(!fuse_word(&words, 0x8c));
}

static const struct {
	const char *line, *value; // NULL: refused
} lines[] = {
	{ "hab_status=0", "0" },
	{ "console=tty1 hab_status=0 quiet", "0" },
	{ "\thab_status=1\n", "1" },
	{ "hab_status=", "" },
	{ "hab_status=0x0", "0x0" },
	{ "", NULL },
	{ "   ", NULL },
	{ "hab_status", NULL },
	{ "xhab_status=0", NULL },
	{ "a=hab_status=0", NULL },
	{ "hab_status=1 hab_status=0", NULL },
	{ "hab_status=0 hab_status=0", NULL },
	{ "hab_status=0000000000000000000000000000000", "0000000000000000000000000000000" },
	{ "hab_status=00000000000000000000000000000000", NULL },
};

static void what_the_rom_said(void)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char value[HAB_STATUS_SIZE];

		test_case = lines[i].line;
		test_assert(!hab_status_find(lines[i].line, value) == (lines[i].value != NULL));
		test_assert(!lines[i].value || !strcmp(value, lines[i].value));
	}
}

int main(void)
{
	test_run(next_fuse);
	test_run(words_there_are);
	test_run(what_the_rom_said);
	return test_result();
}
