// SPDX-License-Identifier: Apache-2.0
// Self-test: IMPORT of /dev/caam-keygen.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "selftest.h"
#include "selftest_keygen.h"
#include "vectors.h"

#define NOWHERE 8

#define BLOB_SIZE sizeof(blob_trusted)
#define TAG_VERSION 4 /* offsets of the header's fields */
#define TAG_TYPE 8
#define TAG_RED_SIZE 12
#define TAG_OBJECT_SIZE 16
#define BLOB_KEY 20 /* and of the payload's parts */
#define BLOB_SEALED 52
#define BLOB_MAC 76
#define BLOB_SLACK 92

/* The good blob with one byte changed. */
static void check_byte(size_t offset, uint8_t value, int error, const char *what)
{
	uint8_t blob[BLOB_SIZE];
	struct key key;

	memcpy(blob, blob_trusted, sizeof(blob));
	blob[offset] = value;
	check_equal(import_blob(blob, sizeof(blob), &key), error, "import, %s", what);
}

static void check_flip(size_t offset, int error, const char *what)
{
	check_byte(offset, blob_trusted[offset] ^ 0x10, error, what);
}

static void test_header(void)
{
	check_byte(0, 0, -EINVAL, "another magic");
	check_byte(TAG_VERSION, 7, 0, "another version: ignored");
	check_byte(TAG_TYPE, 0x1, 0, "type ecb: not authenticated");
	check_byte(TAG_TYPE, 0xb, 0, "type blob: not looked at");
	check_byte(TAG_TYPE, 0x29, 0, "security state bits: not looked at");
	check_byte(TAG_TYPE, 0xd, -EINVAL, "type TDKEK");
	check_byte(TAG_TYPE, 0x8, -EBADMSG, "type red");
	check(log_contains("red blob refused"), "... the log says what the real driver does");
	check_byte(TAG_TYPE, 0x19, -EINVAL, "type secure memory");
	check(log_contains("blob in secure memory refused"),
		"... the log says what the real driver does");
	check_byte(TAG_RED_SIZE, 15, -EINVAL, "red length 15");
	check_byte(TAG_RED_SIZE, 65, -EINVAL, "red length 65");
	check_byte(TAG_RED_SIZE, 16, -EBADMSG, "red length 16 in place of 24");
	check_byte(TAG_RED_SIZE, 64, -EBADMSG, "red length 64: longer than the blob");
	check_byte(TAG_OBJECT_SIZE, 83, -EINVAL, "another object length");
}

static void test_payload(void)
{
	check_flip(BLOB_KEY, -EBADMSG, "blob key changed");
	check_flip(BLOB_SEALED, -EBADMSG, "sealed key changed");
	check_flip(BLOB_MAC, -EBADMSG, "MAC changed");
	check(log_contains("Blob decapsulation failed"), "... the log says so");
	check_flip(BLOB_SLACK, 0, "slack changed: neither authenticated nor used");
	check_flip(BLOB_SIZE - 1, 0, "its last byte too");
}

static void test_lengths(void)
{
	uint8_t blob[BLOB_SIZE];
	struct call call;
	struct key key;

	check_equal(import_blob(blob_trusted, 0, &key), -EINVAL, "import, no blob");
	check_equal(import_blob(blob_trusted, 20, &key), -EINVAL, "import, only a tag");
	check_equal(
		import_blob(blob_trusted, BLOB_SIZE - 1, &key), -EINVAL, "import, one byte short");
	memcpy(blob, blob_trusted, sizeof(blob));
	blob[TAG_OBJECT_SIZE] = 48;
	check_equal(import_blob(blob, 68, &key), -EINVAL, "import, a blob of nothing but overhead");
	blob[TAG_OBJECT_SIZE] = 72;
	check_equal(import_blob(blob, 92, &key), 0, "import, a blob without its slack");
	blob[TAG_OBJECT_SIZE] = 71;
	check_equal(
		import_blob(blob, 91, &key), -EBADMSG, "import, a blob without the end of its MAC");

	prepare_import(&call, blob_trusted, BLOB_SIZE);
	call.cmd.blob_len = 145;
	check_equal(do_import(&call), -EINVAL, "import, 145 bytes");
	check(log_contains("NXP's driver would copy it over its stack"),
		"... the log says what the real driver does");
	call.cmd.blob_len = UINT32_MAX;
	check_equal(do_import(&call), -EINVAL, "import, 4 GiB");
}

static void check_room(const uint8_t *blob, const char *encryption, uint32_t room)
{
	struct call call;
	struct caam_keygen_cmd before;

	prepare_import(&call, blob, BLOB_SIZE);
	call.cmd.black_key_len = room;
	before = call.cmd;
	check_equal(do_import(&call), -EINVAL, "import, %u bytes of room for the %s key", room,
		encryption);
	check(!memcmp(&before, &call.cmd, sizeof(before)), "... structure as it was");
}

static void test_room(void)
{
	struct call call;

	check_room(blob_trusted, "ccm", 0);
	check_room(blob_trusted, "ccm", 35);
	/* Room for the ecb key, which is shorter, but not for all that the blob holds */
	check_room(blob_trusted_ecb, "ecb", 35);
	prepare_import(&call, blob_trusted, BLOB_SIZE);
	call.cmd.black_key_len = 55;
	check_equal(do_import(&call), -EINVAL, "import, 55 bytes of room for the key");
	check_equal(call.cmd.black_key_len, 56, "... needed length");
	check(!strcmp((char *)call.blob, "Not enough space for black key.\n"),
		"... message in the blob");
	prepare_import(&call, blob_trusted, BLOB_SIZE);
	call.cmd.black_key_len = 56;
	check_equal(do_import(&call), 0, "import, 56 bytes of room for the key");
	check_equal(call.cmd.blob_len, BLOB_SIZE, "... length of the blob as it was");
	prepare_import(&call, blob_trusted_ecb, BLOB_SIZE);
	check_equal(do_import(&call), 0, "import, an ecb blob");
	check_equal(call.cmd.black_key_len, 52, "... size of the key");
}

static void test_addresses(void)
{
	struct call call;

	prepare_import(&call, blob_trusted, BLOB_SIZE);
	call.cmd.blob = NOWHERE;
	check_equal(do_import(&call), -EFAULT, "import, blob nowhere");
	check(!strcmp((char *)call.key, "Unable to copy from user the blob.\n"),
		"... message in the key");
	prepare_import(&call, blob_trusted, BLOB_SIZE);
	call.cmd.black_key = NOWHERE;
	check_equal(do_import(&call), -EFAULT, "import, key nowhere");
	check_equal(keygen(CAAM_KEYGEN_IOCTL_IMPORT, (void *)NOWHERE), -EFAULT,
		"import, structure nowhere");
}

void test_import(void)
{
	test_header();
	test_payload();
	test_lengths();
	test_room();
	test_addresses();
}

void test_states(bool trusted)
{
	struct key key;

	check_equal(import_blob(blob_trusted, BLOB_SIZE, &key), trusted ? 0 : -EBADMSG,
		"a blob of this chip's trusted state");
	check_equal(import_blob(blob_secure, BLOB_SIZE, &key), -EBADMSG,
		"a blob of this chip's secure state");
	check_equal(import_blob(blob_other_chip, BLOB_SIZE, &key), -EBADMSG,
		"a blob of another chip's trusted state");
	check_equal(import_blob(blob_non_secure, BLOB_SIZE, &key), trusted ? -EBADMSG : 0,
		"a blob of another chip's non-secure state");
}
