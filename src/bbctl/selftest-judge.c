// SPDX-License-Identifier: Apache-2.0
// What a selftest makes of what it has read; see selftest-judge.h.

#include "selftest-judge.h"

#include <errno.h>
#include <string.h>

#include "bbprovision/fuse-plan.h"
#include "blob.h"
#include "bytes.h"

/* drivers/soc/imx/soc-imx8m.c, and the sizes that drivers/nvmem/imx-ocotp.c gives, in words. */
static const struct selftest_soc socs[] = {
	{ "i.MX8MM", "fsl,imx8mm", 256 },
	{ "i.MX8MP", "fsl,imx8mp", 384 },
};

/* Boards whose device tree is not simply MAKER,DEVICE-TYPE: compulab's sb-iotgimx8.dts; QEMU. */
static const struct {
	const char *device_type, *compatible;
} boards[] = {
	{ "iot-gate-imx8", "sb-iotgimx8" },
	{ "qemu", "linux,dummy-virt" },
};

const struct selftest_soc *selftest_soc(const char *id)
{
	for (size_t i = 0; i < sizeof(socs) / sizeof(socs[0]); i++) {
		if (!strcmp(socs[i].id, id))
			return &socs[i];
	}
	return NULL;
}

static bool names_board(const char *compatible, const char *device_type)
{
	const char *comma = strchr(compatible, ',');

	for (size_t i = 0; i < sizeof(boards) / sizeof(boards[0]); i++) {
		if (!strcmp(boards[i].device_type, device_type) && !strcmp(boards[i].compatible, compatible))
			return true;
	}
	return comma && !strcmp(comma + 1, device_type);
}

static bool names_soc(const char *compatible, const char *unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(socs) / sizeof(socs[0]); i++) {
		if (!strcmp(socs[i].compatible, compatible))
			return true;
	}
	return false;
}

// Whether one of the strings is meant; what has no NUL at its end is none.
static bool any(const char *strings, size_t size, bool (*is_meant)(const char *, const char *),
	const char *what)
{
	while (size) {
		const char *end = memchr(strings, '\0', size);

		if (!end)
			return false;
		if (is_meant(strings, what))
			return true;
		size -= (size_t)(end + 1 - strings);
		strings = end + 1;
	}
	return false;
}

bool selftest_is_board(const char *compatible, size_t size, const char *device_type)
{
	return any(compatible, size, names_board, device_type);
}

bool selftest_is_imx8m(const char *compatible, size_t size)
{
	return any(compatible, size, names_soc, NULL);
}

static void add_finding(struct text *says, const char *what, bool is_so)
{
	if (!is_so)
		return;
	text_add(says, says->used ? ", " : "");
	text_add(says, what);
}

enum selftest_status selftest_judge_blank(const struct selftest_fuses *fuses, struct text *says)
{
	bool hash = false;

	for (size_t i = 0; i < sizeof(fuses->srk) / sizeof(fuses->srk[0]); i++)
		hash |= fuses->srk[i] != 0;
	add_finding(says, "an SRK hash is burnt", hash);
	add_finding(says, "the SRK fuses are locked", fuses->lock & FUSE_LOCK_SRK);
	add_finding(says, "BOOT_CFG is locked", fuses->lock & FUSE_LOCK_BOOT_CFG);
	add_finding(says, "JTAG fuses are burnt", fuses->boot_cfg0 & FUSE_JTAG_OFF);
	add_finding(says, "slots are revoked",
		fuses->srk_revoke & ((UINT32_C(1) << FUSE_SLOTS_REVOCABLE) - 1));
	add_finding(says, "FIELD_RETURN is burnt", fuses->field_return != 0);
	if (says->used)
		return SELFTEST_DIFFERS;
	text_add(says, "no SRK hash, no lock of it, JTAG as it was made, no slot revoked");
	return SELFTEST_OK;
}

/* drivers/crypto/caam/regs.h: CSTA_MOO, bits 9 and 8. */
enum selftest_status selftest_judge_csta(uint32_t csta, struct text *says)
{
	static const char *const modes[] = { "non-secure", "secure", "trusted", "fail" };
	unsigned int mode = csta >> 8 & 3;

	text_add(says, "CSTA says ");
	text_add(says, modes[mode]);
	if (mode)
		text_add(says, "; an open device's is non-secure");
	return mode ? SELFTEST_DIFFERS : SELFTEST_OK;
}

// "name         : value": the value, in a line that ends at line_end; NULL for another line.
static const char *field(const char *line, const char *line_end, const char *name, size_t *ret_length)
{
	size_t length = strlen(name);
	const char *colon = memchr(line, ':', (size_t)(line_end - line));

	if (!colon || strncmp(line, name, length) || line[length + strspn(line + length, " ")] != ':')
		return NULL;
	colon += 1 + strspn(colon + 1, " ");
	*ret_length = colon < line_end ? (size_t)(line_end - colon) : 0;
	return colon;
}

struct cipher {
	bool is_meant;
	char driver[64];
	uint32_t priority;
};

static void take_line(struct cipher *cipher, const char *line, const char *end, const char *name)
{
	const char *value;
	char number[16];
	struct text text;
	size_t length;

	value = field(line, end, "name", &length);
	if (value)
		cipher->is_meant = length == strlen(name) && !memcmp(value, name, length);
	value = field(line, end, "driver", &length);
	if (value) {
		text = TEXT_IN(cipher->driver);
		text_add_bytes(&text, value, length);
	}
	value = field(line, end, "priority", &length);
	if (value) {
		text = TEXT_IN(number);
		text_add_bytes(&text, value, length);
		if (text_parse_number(number, INT32_MAX, &cipher->priority))
			cipher->priority = 0;
	}
}

int selftest_find_cipher(const char *crypto, const char *name, char *ret_driver, size_t ret_size)
{
	struct cipher cipher = { 0 };
	int best = -ENOENT;

	while (*crypto) {
		const char *end = strchrnul(crypto, '\n');

		take_line(&cipher, crypto, end, name);
		crypto = *end ? end + 1 : end;
		// An entry ends with an empty line.
		if (*crypto && *crypto != '\n')
			continue;
		if (cipher.is_meant && (int)cipher.priority > best) {
			best = (int)cipher.priority;
			text_copy_to(ret_driver, ret_size, cipher.driver);
		}
		cipher = (struct cipher){ 0 };
	}
	return best;
}

/* As in a blob's header, but for the length: see blob.c. */
bool selftest_key_is_good(const uint8_t *key, unsigned int key_size)
{
	uint8_t blob[BLOB_FILE_MAX] = { 0 };
	size_t blob_size = blob_file_size(KEY_SOURCE_CAAM_TK, key_size);

	if (!blob_size || get_le32(key + 16) != key_size - BLOB_TAG_SIZE)
		return false;
	memcpy(blob, key, BLOB_TAG_SIZE);
	put_le32(blob + 16, (uint32_t)blob_size - BLOB_TAG_SIZE);
	return !blob_check(KEY_SOURCE_CAAM_TK, blob, blob_size, key_size);
}

#define AES_BLOCK 16

static bool shows_plain(const struct selftest_sectors *s, const uint8_t sector[static SELFTEST_SECTOR])
{
	for (size_t at = 0; at < SELFTEST_SECTOR; at += AES_BLOCK) {
		if (!memcmp(sector + at, s->plain + at, AES_BLOCK))
			return true;
	}
	return false;
}

static bool differs_by_iv(const struct selftest_sectors *s)
{
	uint8_t expected[SELFTEST_SECTOR];

	if (s->is_xts)
		return !shows_plain(s, s->elsewhere);
	memcpy(expected, s->plain, sizeof(expected));
	for (size_t i = 0; i < sizeof(s->iv_offset); i++)
		expected[i] ^= (uint8_t)(s->iv_offset >> (8 * i));
	return !memcmp(expected, s->elsewhere, sizeof(expected));
}

enum selftest_status selftest_judge_sectors(const struct selftest_sectors *s, struct text *says)
{
	const char *wrong = NULL;

	if (memcmp(s->back, s->plain, sizeof(s->plain)) != 0)
		wrong = "what was written reads back otherwise";
	else if (shows_plain(s, s->stored[0]))
		wrong = "what is stored is not encrypted";
	else if (!memcmp(s->stored[0], s->stored[1], AES_BLOCK))
		wrong = "two sectors with the same contents are stored alike: no IV";
	else if (!memcmp(s->elsewhere, s->plain, sizeof(s->plain)))
		wrong = "a mapping with another IV offset reads the same: the offset does not count";
	else if (!differs_by_iv(s))
		wrong = "with another IV offset it changes otherwise than by the cipher's rules";
	if (wrong)
		text_add(says, wrong);
	return wrong ? SELFTEST_DIFFERS : SELFTEST_OK;
}

enum selftest_status selftest_judge_watchdog(const struct selftest_watchdog *w, struct text *says)
{
	const char *wrong = NULL;

	if (!w->wanted)
		wrong = "the configuration says that there is none";
	else if (w->timeout != (int)w->wanted)
		wrong = "that is not what the configuration says";
	else if (w->tried != w->tried_read)
		wrong = "what is set reads back otherwise";
	else if (w->left > w->timeout)
		wrong = "more time is left than was set";
	if (wrong) {
		text_add(says, "; ");
		text_add(says, wrong);
	}
	return wrong ? SELFTEST_DIFFERS : SELFTEST_OK;
}

// "<6>[    1.234567] caam 30900000.crypto: ..."
static const char *behind_time(const char *line, const char *end)
{
	const char *bracket = memchr(line, ']', (size_t)(end - line));

	if (!bracket || !memchr(line, '[', (size_t)(bracket - line)))
		return line;
	return bracket + 1 < end && bracket[1] == ' ' ? bracket + 2 : bracket + 1;
}

void selftest_find_line(const char *log, const char *text, char *ret, size_t ret_size)
{
	const char *found;

	ret[0] = '\0';
	while ((found = strstr(log, text))) {
		const char *end = strchrnul(found, '\n');
		struct text line = text_in(ret, ret_size);

		while (found > log && found[-1] != '\n')
			found--;
		found = behind_time(found, end);
		text_add_bytes(&line, found, (size_t)(end - found));
		log = end;
	}
}
