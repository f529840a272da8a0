// SPDX-License-Identifier: Apache-2.0
/*
 * The stories. An update is what balenaOS's hook 99-balena-bootloader does: resin_root_part, then
 * upgrade_available, each with grub-editenv. A confirmed update clears upgrade_available, and the sed of
 * rollback-stop resets the count; a system that finds itself in the slot from before runs the same hook
 * the other way round first.
 */

#include "story.h"

#define BOOT(up, why) { .kind = STEP_BOOT, .key = (up), .value = (why) }
#define SET(name, text) { .kind = STEP_SET, .key = (name), .value = (text) }
#define RESET { .kind = STEP_RESET }
#define SYNC { .kind = STEP_SYNC }
#define OTHER { .kind = STEP_OTHER }
#define INSTALL(where, how) { .kind = STEP_INSTALL, .slot = (where), .outcome = (how) }
#define OVERRIDE(name, how) { .kind = STEP_OVERRIDE, .key = (name), .outcome = (how) }

#define UPDATE(where, letter, how) \
	INSTALL(where, how), OTHER, SET("resin_root_part", letter), SET("upgrade_available", "1")
#define CONFIRM SET("upgrade_available", "0"), RESET
#define GO_BACK(letter) SET("resin_root_part", letter), SET("upgrade_available", "0"), RESET

#define FRESH "resin_root_part=A\nbootcount=0\nupgrade_available=0\n"

// 400 bytes in front of what counts: it lies across the end of the first sector, or behind it.
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define FILL "filler=" X50 X50 X50 X50 X50 X50 X50 X50 "\n"

const struct story stories[] = {
	{ "fresh install", FRESH, .step = { BOOT("A", "current"), BOOT("A", "current") } },
	{ "update", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"),
		CONFIRM, BOOT("B", "current") } },
	{ "update that hangs", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", HANGS),
		BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"), GO_BACK("A"), BOOT("A", "current") } },
	{ "update before the one before is confirmed, hangs", FRESH, .overwrites = true, .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), UPDATE(SLOT_A, "A", HANGS),
		BOOT("-", "update"), BOOT("-", "update"), BOOT("B", "rollback"), GO_BACK("B"), BOOT("B", "current") } },
	{ "update while a count is left over", "resin_root_part=A\nbootcount=2\nupgrade_available=0\n",
		.step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", HANGS), BOOT("-", "update"),
		BOOT("-", "update"), BOOT("A", "rollback"), GO_BACK("A"), BOOT("A", "current") } },
	{ "update whose kernel is bad", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", NOT_LOADED),
		BOOT("A", "update"), GO_BACK("A"), BOOT("A", "current") } },
	{ "update that is found unhealthy", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", COMES_UP),
		BOOT("B", "update"), GO_BACK("A"), BOOT("A", "current") } },
	{ "update, confirmed at the second boot", FRESH, .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", HANGS), BOOT("-", "update"), INSTALL(SLOT_B, COMES_UP), BOOT("B", "update"),
		CONFIRM, BOOT("B", "current") } },
	{ "update after a rollback", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", HANGS),
		BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"), GO_BACK("A"),
		UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), CONFIRM, BOOT("B", "current") } },
	{ "three updates, the last one hangs", FRESH, .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), CONFIRM, BOOT("B", "current"),
		UPDATE(SLOT_A, "A", COMES_UP), BOOT("A", "update"), CONFIRM, BOOT("A", "current"),
		UPDATE(SLOT_B, "B", HANGS), BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"),
		GO_BACK("A"), BOOT("A", "current") } },
	{ "update in the session that confirmed one", FRESH, .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), CONFIRM,
		UPDATE(SLOT_A, "A", COMES_UP), BOOT("A", "update"), CONFIRM, BOOT("A", "current") } },
	{ "update in the session that confirmed one, hangs", FRESH, .known_limit = true, .overwrites = true, .step = {
		BOOT("A", "current"), UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), CONFIRM, SYNC,
		UPDATE(SLOT_A, "A", HANGS), BOOT("-", "update"), BOOT("-", "update"), BOOT("B", "rollback"),
		GO_BACK("B"), BOOT("B", "current") } },
	{ "update without a count", "resin_root_part=A\n", .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", HANGS), BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"),
		GO_BACK("A"), BOOT("A", "current") } },
	{ "nothing is ever confirmed", FRESH, .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", COMES_UP),
		BOOT("B", "update"), BOOT("B", "update"), BOOT("A", "rollback"), BOOT("A", "rollback"),
		BOOT("A", "rollback") } },
	{ "kernel overrides of both slots", FRESH "kernel_override_abi_committed_A=a1\n",
		.step = { BOOT("A", "current"), SET("kernel_override_abi", "a1"), BOOT("A", "current"), INSTALL(SLOT_B, HANGS),
		SET("kernel_override_abi", "b1"), SET("kernel_override_abi_committed_B", "b1"),
		SET("resin_root_part", "B"), SET("upgrade_available", "1"), BOOT("-", "update"),
		BOOT("-", "update"), BOOT("A", "rollback"), SET("kernel_override_abi", "a1"), GO_BACK("A"),
		BOOT("A", "current") } },
	{ "kernel override that cannot be loaded", FRESH, .step = { BOOT("A", "current"),
		OVERRIDE("o1", NOT_LOADED), SET("kernel_override_abi", "o1"), BOOT("A", "current"),
		SET("kernel_override_abi", ""), BOOT("A", "current") } },
	{ "state of more than one sector", FILL FRESH "tail=" X50 X50 "\n", .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", HANGS), BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"),
		GO_BACK("A"), BOOT("A", "current") } },
	{ "count across the end of a sector", FILL X50 "=x\nq=1234567\n" "bootcount=9\nupgrade_available=0\n"
		"resin_root_part=A\n", .step = { BOOT("A", "current"), UPDATE(SLOT_B, "B", HANGS),
		BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback"), GO_BACK("A"), BOOT("A", "current") } },
	{ "the first boot counts in two sectors", FILL X50 "=x\nq=1234567\n" "bootcount=0\nx=y\n"
		"resin_root_part=B\nupgrade_available=1\ntail=" X50 "\n", .slot = { COMES_UP, HANGS },
		.step = { BOOT("-", "update"), BOOT("-", "update"), BOOT("A", "rollback") } },
	{ "state of 2048 bytes", FRESH, .size = 2048, .step = { BOOT("A", "current"),
		UPDATE(SLOT_B, "B", COMES_UP), BOOT("B", "update"), CONFIRM, BOOT("B", "current") } },
	{ "only the copy is there", NULL, "resin_root_part=B\nupgrade_available=0\nbootcount=0\n",
		.step = { BOOT("B", "current"), BOOT("B", "current"), UPDATE(SLOT_A, "A", COMES_UP),
		BOOT("A", "update"), CONFIRM, BOOT("A", "current") } },
	{ "nothing is there", NULL, .step = { BOOT("A", "current"), BOOT("A", "current") } },
	{ "boot loop", FRESH, .slot = { NOT_LOADED, NOT_LOADED }, .step = { BOOT("-", "current"),
		BOOT("-", "current"), BOOT("-", "current") } },
};
const unsigned int stories_count = sizeof(stories) / sizeof(stories[0]);
