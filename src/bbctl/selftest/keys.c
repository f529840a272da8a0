// SPDX-License-Identifier: Apache-2.0
// The key service, on blobs that nobody keeps. Never one of another length than its kind has: NXP's
// driver copies whatever length it is told onto its stack.

#include <string.h>

#include "bbctl/selftest.h"
#include "caam.h"
#include "error.h"

static const unsigned int sizes[] = { 48, 56, 64 };

/*
 * Which byte of a blob gets another bit. Behind the header CAAM writes a blob key of 32 bytes, the
 * sealed key and a MAC of 16; what follows in the file nobody reads (NXP's caamkeyblob.c).
 */
static const struct {
	const char *name;
	size_t at; /* for a sealed key of 24 bytes */
} damages[] = {
	{ "blob key", BLOB_TAG_SIZE },
	{ "sealed key", BLOB_TAG_SIZE + 32 + 11 },
	{ "MAC", BLOB_TAG_SIZE + 32 + 24 + 15 },
};
#define DAMAGED_SIZE 56 /* the kind with 24 bytes */

static enum selftest_status say_fault(struct text *says, unsigned int size,
	const struct report_fault *fault)
{
	selftest_say(says, "%s%u bytes: %s: %s", says->used ? "; " : "", size, bb_error_name(fault->error),
		fault->detail);
	return SELFTEST_FAILED;
}

static enum selftest_status try_size(unsigned int size, struct text *says)
{
	uint8_t blob[BLOB_FILE_MAX], key[BLOB_KEY_MAX] = { 0 };
	struct report_fault fault = { 0 };
	bool good;

	if (caam_create(size, blob, &fault) || caam_import(blob, size, key, &fault))
		return say_fault(says, size, &fault);
	good = selftest_key_is_good(key, size);
	explicit_bzero(key, sizeof(key));
	selftest_say(says, "%s%u bytes, blob of %zu", says->used ? "; " : "", size,
		blob_file_size(KEY_SOURCE_CAAM_TK, size));
	if (!good)
		selftest_say(says, ", and its black key has another header");
	return good ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_keys(struct selftest *s, struct text *says)
{
	enum selftest_status worst = SELFTEST_OK;

	(void)s;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		enum selftest_status status = try_size(sizes[i], says);

		worst = status > worst ? status : worst;
	}
	return worst;
}

enum selftest_status check_key_damaged(struct selftest *s, struct text *says)
{
	uint8_t blob[BLOB_FILE_MAX], key[BLOB_KEY_MAX];
	struct report_fault fault = { 0 };

	(void)s;
	if (caam_create(DAMAGED_SIZE, blob, &fault))
		return say_fault(says, DAMAGED_SIZE, &fault);
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		int error;

		blob[damages[i].at] ^= 0x10;
		error = caam_import(blob, DAMAGED_SIZE, key, &fault);
		explicit_bzero(key, sizeof(key));
		blob[damages[i].at] ^= 0x10;
		if (error == BB_KEY_DEVICE)
			return say_fault(says, DAMAGED_SIZE, &fault);
		if (!error) {
			selftest_say(says, "a blob with one bit of its %s changed was taken", damages[i].name);
			return SELFTEST_DIFFERS;
		}
	}
	selftest_say(says, "a blob with one bit changed is refused: %s", fault.detail);
	return SELFTEST_OK;
}
