// SPDX-License-Identifier: Apache-2.0
// The fuses: whether they are where they are expected, and what they hold.

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "bbctl/selftest.h"
#include "bbprovision/fuse-plan.h"
#include "fuses.h"
#include "system.h"

/* bank 1 word 4, bank 8 word 3: imx-otp-tool; the others are in fuse-plan.h. */
#define FUSE_BOOT_CFG1 0x20
#define FUSE_FIELD_RETURN 0x8c

#define FUSE_WORDS_MAX 1024

static const struct word {
	const char *name;
	off_t offset;
	unsigned int count;
	size_t at; /* in struct selftest_fuses */
} words[] = {
	{ "LOCK", FUSE_LOCK, 1, offsetof(struct selftest_fuses, lock) },
	{ "BOOT_CFG0", FUSE_BOOT_CFG0, 1, offsetof(struct selftest_fuses, boot_cfg0) },
	{ "BOOT_CFG1", FUSE_BOOT_CFG1, 1, offsetof(struct selftest_fuses, boot_cfg1) },
	{ "SRK", FUSE_SRK, FUSE_SRK_WORDS, offsetof(struct selftest_fuses, srk) },
	{ "FIELD_RETURN", FUSE_FIELD_RETURN, 1, offsetof(struct selftest_fuses, field_return) },
	{ "SRK_REVOKE", FUSE_SRK_REVOKE, 1, offsetof(struct selftest_fuses, srk_revoke) },
};

// Twice: the shadow registers are what is read, and they have to stay.
static enum selftest_status read_word(int fd, const struct word *word, unsigned int i, uint32_t *ret,
	struct text *says)
{
	off_t offset = word->offset + (off_t)(4 * i);
	uint32_t again = 0;
	int error = fuses_read(fd, offset, ret);

	if (!error)
		error = fuses_read(fd, offset, &again);
	if (error) {
		selftest_say(says, " (0x%x): %s", (unsigned int)offset,
			error == -EACCES ? "locked against reading" : strerror(-error));
		return SELFTEST_FAILED;
	}
	if (*ret != again) {
		selftest_say(says, " (0x%x) reads as 0x%08" PRIx32 ", then as 0x%08" PRIx32,
			(unsigned int)offset, *ret, again);
		return SELFTEST_FAILED;
	}
	selftest_say(says, " %08" PRIx32, *ret);
	return SELFTEST_OK;
}

static enum selftest_status read_words(int fd, struct selftest_fuses *ret, struct text *says)
{
	for (size_t n = 0; n < sizeof(words) / sizeof(words[0]); n++) {
		uint32_t *value = (uint32_t *)((char *)ret + words[n].at);

		selftest_say(says, "; %s", words[n].name);
		for (unsigned int i = 0; i < words[n].count; i++) {
			enum selftest_status status = read_word(fd, &words[n], i, value + i, says);

			if (status)
				return status;
		}
	}
	return SELFTEST_OK;
}

static unsigned int count_words(int fd)
{
	unsigned int count = 0;
	uint32_t word;

	while (count < FUSE_WORDS_MAX && pread(fd, &word, sizeof(word), (off_t)(4 * count)) == sizeof(word))
		count++;
	return count;
}

static bool is_size(const struct selftest *s, unsigned int count)
{
	return s->soc ? count == s->soc->fuse_words : count == 256 || count == 384;
}

enum selftest_status check_fuses(struct selftest *s, struct text *says)
{
	cleanup_fd int fd = fuses_open(s->config.fuses, O_RDONLY);
	unsigned int count;
	enum selftest_status status;

	s->may_be_closed = true;
	selftest_say(says, "%s", s->config.fuses);
	if (fd < 0) {
		selftest_say(says, ": %s", strerror(-fd));
		return fd == -ENOENT ? SELFTEST_ABSENT : SELFTEST_FAILED;
	}
	count = count_words(fd);
	selftest_say(says, ": %u words", count);
	status = read_words(fd, &s->fuses, says);
	s->may_be_closed = status || s->fuses.boot_cfg0 & FUSE_SEC_CONFIG_CLOSED;
	return status ? status : is_size(s, count) ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_open(struct selftest *s, struct text *says)
{
	selftest_say(says, s->fuses.boot_cfg0 & FUSE_SEC_CONFIG_CLOSED ?
		"SEC_CONFIG is burnt: the device is closed" : s->may_be_closed ?
		"the fuses cannot be read: it counts as closed" : "SEC_CONFIG is not burnt");
	return s->may_be_closed ? SELFTEST_DIFFERS : SELFTEST_OK;
}

enum selftest_status check_blank(struct selftest *s, struct text *says)
{
	if (!s->may_be_closed || s->fuses.boot_cfg0 & FUSE_SEC_CONFIG_CLOSED)
		return selftest_judge_blank(&s->fuses, says);
	selftest_say(says, "the fuses cannot be read");
	return SELFTEST_FAILED;
}
