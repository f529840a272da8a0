// SPDX-License-Identifier: Apache-2.0
// What bbctl selftest makes of what it has read. That it reads the right things is shown in tests/qemu/device-selftest.sh.

#include <errno.h>
#include <string.h>

#include "../../src/bbctl/selftest-judge.h"
#include "bytes.h"
#include "test.h"

static char said[512];

// A literal's strings, with the NUL of the last.
#define LIST(strings) strings, sizeof(strings)

static void boards(void)
{
	static const struct {
		const char *name, *type, *list;
		size_t size;
		bool board, imx8m;
	} cases[] = {
		{ "maker and device type", "iot-gate-imx8plus",
			LIST("compulab,iot-gate-imx8plus\0compulab,ucm-imx8m-plus-som\0fsl,imx8mp"), true, true },
		{ "a name of its own", "iot-gate-imx8", LIST("sb-iotgimx8\0fsl,imx8mm"), true, true },
		{ "of another type", "iot-gate-imx8plus", LIST("sb-iotgimx8\0fsl,imx8mm"), false, true },
		{ "NXP's board", "iot-gate-imx8", LIST("fsl,imx8mp-evk\0fsl,imx8mp"), false, true },
		{ "QEMU", "qemu", LIST("linux,dummy-virt"), true, false },
		{ "only the start of it", "iot-gate", LIST("x,iot-gate-imx8"), false, false },
		{ "only the end of it", "gate-imx8", LIST("x,iot-gate-imx8"), false, false },
		{ "SoC with more behind it", "x", LIST("fsl,imx8mpx"), false, false },
		{ "empty", "", LIST(""), false, false },
		{ "not ended", "qemu", "linux,dummy-virt", 15, false, false },
		{ "nothing", "qemu", "", 0, false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case = cases[i].name;
		test_assert(selftest_is_board(cases[i].list, cases[i].size, cases[i].type) == cases[i].board);
		test_assert(selftest_is_imx8m(cases[i].list, cases[i].size) == cases[i].imx8m);
	}
	test_assert(selftest_soc("i.MX8MM")->fuse_words == 256);
	test_assert(selftest_soc("i.MX8MP")->fuse_words == 384);
	test_assert(!selftest_soc("i.MX8MQ") && !selftest_soc("i.MX8M") && !selftest_soc(""));
}

static void blank(void)
{
	static const struct {
		struct selftest_fuses fuses;
		const char *says;
	} cases[] = {
		{ { .boot_cfg0 = 0x10002020, .boot_cfg1 = 1, .lock = 0x14000 }, NULL },
		{ { .srk = { 0, 0, 0, 0, 0, 0, 0, 1 } }, "an SRK hash is burnt" },
		{ { .lock = 0x200 }, "the SRK fuses are locked" },
		{ { .lock = 4 }, "BOOT_CFG is locked" },
		{ { .boot_cfg0 = 0x200000 }, "JTAG fuses are burnt" },
		{ { .boot_cfg0 = 0x400000 }, "JTAG fuses are burnt" },
		{ { .boot_cfg0 = 0x800000 }, "JTAG fuses are burnt" },
		{ { .boot_cfg0 = 0x4000000 }, "JTAG fuses are burnt" },
		{ { .srk_revoke = 4 }, "slots are revoked" },
		{ { .srk_revoke = 8 }, NULL },
		{ { .field_return = 1 }, "FIELD_RETURN is burnt" },
		{ { .lock = 0x200, .srk_revoke = 1 }, "the SRK fuses are locked, slots are revoked" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text says = TEXT_IN(said);
		enum selftest_status status = selftest_judge_blank(&cases[i].fuses, &says);

		test_case = cases[i].says ? cases[i].says : "blank";
		test_assert(status == (cases[i].says ? SELFTEST_DIFFERS : SELFTEST_OK));
		test_assert(!cases[i].says || !strcmp(said, cases[i].says));
	}
}

static void caam_state(void)
{
	static const uint32_t others[] = { 0x100, 0x200, 0x300, 0xffffffff };
	struct text says = TEXT_IN(said);

	test_assert(selftest_judge_csta(0xfffffcff, &says) == SELFTEST_OK && strstr(said, "non-secure"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		test_assert(selftest_judge_csta(others[i], &says) == SELFTEST_DIFFERS);
	test_assert(strstr(said, "trusted") && strstr(said, "secure") && strstr(said, "fail"));
}

#define ENTRY(name, driver, priority)                                                              \
	"name         : " name "\ndriver       : " driver "\nmodule       : kernel\n"              \
	"priority     : " priority "\ntype         : skcipher\n"

static void ciphers(void)
{
	static const struct {
		const char *name, *crypto;
		int priority;
		const char *driver;
	} cases[] = {
		{ "one", ENTRY("tk(cbc(aes))", "tk-cbc-aes-caam", "3000") "\n", 3000, "tk-cbc-aes-caam" },
		{ "among others", ENTRY("cbc(aes)", "cbc-aes-ce", "300") "\n"
			ENTRY("tk(cbc(aes))", "x", "1") "\n" ENTRY("ecb(aes)", "y", "9"), 1, "x" },
		{ "the higher one", ENTRY("tk(cbc(aes))", "low", "10") "\n"
			ENTRY("tk(cbc(aes))", "high", "20") "\n" ENTRY("tk(cbc(aes))", "low", "10") "\n", 20,
			"high" },
		{ "the last, not ended", ENTRY("tk(cbc(aes))", "d", "5"), 5, "d" },
		{ "another's name", ENTRY("tk(cbc(aes))x", "d", "5") "\n" ENTRY("tk(cbc(aes)", "d", "5"),
			-ENOENT, "" },
		{ "as a driver's name", ENTRY("cbc(aes)", "tk(cbc(aes))", "5"), -ENOENT, "" },
		{ "no number", ENTRY("tk(cbc(aes))", "d", "-5"), 0, "d" },
		{ "no colons", "name tk(cbc(aes))\n\n", -ENOENT, "" },
		{ "empty", "", -ENOENT, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char driver[32] = "";

		test_case = cases[i].name;
		test_assert(selftest_find_cipher(cases[i].crypto, "tk(cbc(aes))", driver, sizeof(driver)) ==
			cases[i].priority);
		test_assert(!strcmp(driver, cases[i].driver));
	}
}

static void keys(void)
{
	static const struct {
		unsigned int at;
		uint8_t value;
	} wrong[] = { { 0, 0 }, { 4, 1 }, { 8, 1 }, { 8, 0x19 }, { 12, 32 }, { 16, 84 }, { 16, 37 } };
	uint8_t key[64] = { 0 };

	// facts of NXP's tag_object.h: magic, version, type, bytes of the AES key, bytes that follow
	put_le32(key, 0x5461674f);
	put_le32(key + 8, 9);
	put_le32(key + 12, 24);
	put_le32(key + 16, 36);
	test_assert(selftest_key_is_good(key, 56));
	test_assert(!selftest_key_is_good(key, 48) && !selftest_key_is_good(key, 64));
	test_assert(!selftest_key_is_good(key, 52));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t before = key[wrong[i].at];

		key[wrong[i].at] = wrong[i].value;
		test_assert(!selftest_key_is_good(key, 56));
		key[wrong[i].at] = before;
	}
}

// Not a cipher: what CBC does to the first block when only the IV differs, and noise below.
static void good_sectors(struct selftest_sectors *s)
{
	*s = (struct selftest_sectors){ .iv_offset = 0x12345 };
	for (size_t i = 0; i < SELFTEST_SECTOR; i++) {
		s->plain[i] = s->back[i] = s->elsewhere[i] = (uint8_t)i;
		s->stored[0][i] = (uint8_t)(i * 5 + 77);
		s->stored[1][i] = (uint8_t)(i * 11 + 3);
	}
	s->elsewhere[0] ^= 0x45;
	s->elsewhere[1] ^= 0x23;
	s->elsewhere[2] ^= 0x01;
}

static enum selftest_status judge_sectors(const struct selftest_sectors *s)
{
	struct text says = TEXT_IN(said);

	return selftest_judge_sectors(s, &says);
}

static void sectors(void)
{
	struct selftest_sectors s;

	good_sectors(&s);
	test_assert(judge_sectors(&s) == SELFTEST_OK && !said[0]);
	s.back[511] ^= 1;
	test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "reads back otherwise"));
	good_sectors(&s);
	memcpy(s.stored[0] + 496, s.plain + 496, 16);
	test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "not encrypted"));
	good_sectors(&s);
	memcpy(s.stored[1], s.stored[0], 16);
	test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "no IV"));
	good_sectors(&s);
	memcpy(s.elsewhere, s.plain, 512);
	test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "does not count"));
	for (size_t at = 2; at < 512; at += 255) {
		good_sectors(&s);
		s.elsewhere[at] ^= 0x80;
		test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "rules"));
	}
}

static void sectors_of_xts(void)
{
	struct selftest_sectors s;

	good_sectors(&s);
	s.is_xts = true;
	test_assert(judge_sectors(&s) == SELFTEST_DIFFERS && strstr(said, "rules"));
	for (size_t at = 0; at < 512; at += 16)
		s.elsewhere[at] ^= 0x80;
	test_assert(judge_sectors(&s) == SELFTEST_OK);
}

static void watchdogs(void)
{
	static const struct {
		struct selftest_watchdog w;
		const char *says;
	} cases[] = {
		{ { 60, 60, 59, 59, 60 }, NULL },
		{ { 60, 60, 59, 59, -1 }, NULL },
		{ { 60, 128, 127, 127, 1 }, "not what the configuration says" },
		{ { 60, 60, 59, 60, 1 }, "reads back otherwise" },
		{ { 60, 60, 59, 59, 61 }, "more time is left" },
		{ { 0, 60, 59, 59, 1 }, "there is none" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text says = TEXT_IN(said);
		enum selftest_status status = selftest_judge_watchdog(&cases[i].w, &says);

		test_case = cases[i].says ? cases[i].says : "good";
		test_assert(status == (cases[i].says ? SELFTEST_DIFFERS : SELFTEST_OK));
		test_assert(!cases[i].says || strstr(said, cases[i].says));
	}
}

static void lines(void)
{
	static const char log[] = "<6>[    0.1] caam x: one\n<4>[    0.2] caam y: two\nno time: caam z\n"
				  "<6>[    0.3] [bracket] here\n<6>[    0.4]";
	char line[16];

	selftest_find_line(log, "caam y", line, sizeof(line));
	test_assert(!strcmp(line, "caam y: two"));
	selftest_find_line(log, "caam", line, sizeof(line));
	test_assert(!strcmp(line, "no time: caam z"));
	selftest_find_line(log, "here", line, sizeof(line));
	test_assert(!strcmp(line, "[bracket] here"));
	selftest_find_line(log, "0.4", line, sizeof(line));
	test_assert(!line[0]);
	selftest_find_line(log, "nothing", line, sizeof(line));
	test_assert(!line[0]);
}

int main(void)
{
	test_run(boards);
	test_run(blank);
	test_run(caam_state);
	test_run(ciphers);
	test_run(keys);
	test_run(sectors);
	test_run(sectors_of_xts);
	test_run(watchdogs);
	test_run(lines);
	return test_result();
}
