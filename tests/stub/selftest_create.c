// SPDX-License-Identifier: Apache-2.0
// Self-test: CREATE of /dev/caam-keygen.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "selftest.h"
#include "selftest_keygen.h"

/* A page that no process has */
#define NOWHERE 8

static bool has_tag(const uint8_t *object, uint32_t type, uint32_t red_size, uint32_t object_size)
{
	const uint32_t tag[5] = { 0x5461674f, 0, type, red_size, object_size };

	return !memcmp(object, tag, sizeof(tag));
}

/* Tagged key and blob file for each size of key; then the same again from the blob. */
static void test_sizes(void)
{
	static const struct row {
		const char *encryption;
		uint32_t red_size, key_size, blob_size;
	} rows[] = {
		{ "ecb", 16, 36, 96 }, { "ecb", 24, 52, 104 }, { "ecb", 32, 52, 112 },
		{ "ecb", 64, 84, 144 }, { "ccm", 16, 48, 96 }, { "ccm", 24, 56, 104 },
		{ "ccm", 32, 64, 112 }, { "ccm", 64, 96, 144 }, { "ccm", 17, 56, 104 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		const uint32_t type = strcmp(row->encryption, "ccm") ? 0x1 : 0x9;
		struct call call;
		struct key imported = { 0 };
		char size[4];

		snprintf(size, sizeof(size), "%u", row->red_size);
		prepare_create(&call, row->encryption, "-s", size, (uint16_t)(strlen(size) + 1));
		check_equal(do_create(&call), 0, "create %s -s %s", row->encryption, size);
		check_equal(call.cmd.black_key_len, row->key_size, "... size of the key");
		check_equal(call.cmd.blob_len, row->blob_size, "... size of the blob");
		check(has_tag(call.key, type, row->red_size, row->key_size - TAG_SIZE),
			"... key's tag");
		check(has_tag(call.blob, type, row->red_size, row->blob_size - TAG_SIZE),
			"... blob's tag");
		check_equal(import_blob(call.blob, call.cmd.blob_len, &imported), 0, "... import");
		check_equal((long)imported.size, row->key_size, "... size of the imported key");
		check(has_tag(imported.bytes, type, row->red_size, row->key_size - TAG_SIZE),
			"... its tag");
		check(memcmp(imported.bytes, call.key, row->key_size) ? type == 0x9 : type == 0x1,
			"... wrapped anew in ccm, the same in ecb");
	}
}

static void check_refused(struct call *call, int error, const char *message, const char *what)
{
	struct caam_keygen_cmd before = call->cmd;

	check_equal(do_create(call), error, "create, %s", what);
	check(!strcmp((char *)call->blob, message), "... message");
	check(!memcmp(&before, &call->cmd, sizeof(before)), "... structure as it was");
}

static void check_argument(const char *encryption, const char *mode, const char *value, int error,
	const char *message)
{
	struct call call;
	char what[64];

	snprintf(what, sizeof(what), "%s %s %.16s", encryption, mode, value);
	prepare_create(&call, encryption, mode, value, (uint16_t)(strlen(value) + 1));
	check_refused(&call, error, message, what);
}

static void test_arguments(void)
{
	static const char text[65] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	struct call call;

	check_argument("ctr", "-s", "24", -EINVAL,
		"Invalid argument for Encrypted Key Type, expected ecb or ccm.\n");
	check_argument(
		"ccm", "-k", "24", -EINVAL, "Invalid argument for Key Mode, expected -s or -t.\n");
	check_argument("ccm", "-s", "abc", -EINVAL, "Invalid key size.\n");
	check_argument("ccm", "-s", "0x18", -EINVAL, "Invalid key size.\n");
	check_argument("ccm", "-s", "99999999999", -ERANGE, "Invalid key size.\n");
	check_argument("ccm", "-s", "15", -EINVAL, MESSAGE_INVALID_SIZE);
	check_argument("ccm", "-s", "65", -EINVAL, MESSAGE_INVALID_SIZE);
	prepare_create(&call, "ccm", "-t", text, 15);
	check_refused(&call, -EINVAL, MESSAGE_INVALID_SIZE, "a key of 15 bytes");
	prepare_create(&call, "ccm", "-t", text, 65);
	check_refused(&call, -EINVAL, MESSAGE_INVALID_SIZE, "a key of 65 bytes");
	prepare_create(&call, "ctr", "-s", "24", 3);
	call.cmd.blob_len = 5;
	check_refused(&call, -EINVAL, "Inva", "a message that must be cut");
	prepare_create(&call, "ctr", "-s", "24", 3);
	call.cmd.blob_len = 1;
	check_refused(&call, -EINVAL, "", "no room for a message");
}

static void test_lengths(void)
{
	static const char message[] = "Invalid arguments.\n";
	struct call call;

	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.key_enc_len = 0;
	check_refused(&call, -EFAULT, message, "key_enc_len 0");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.key_mode_len = 0;
	check_refused(&call, -EFAULT, message, "key_mode_len 0");
	prepare_create(&call, "ccm", "-s", "24", 0);
	check_refused(&call, -EFAULT, message, "key_value_len 0");
}

static void test_addresses(void)
{
	struct call call;

	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.key_enc = NOWHERE;
	check_refused(&call, -EFAULT, "Unable to copy from user the Encrypted Key Type.\n",
		"key_enc nowhere");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.key_mode = NOWHERE;
	check_refused(&call, -EFAULT,
		"Unable to copy from user the Key Mode: random (-s) or plaintext (-t).\n",
		"key_mode nowhere");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.key_value = NOWHERE;
	check_refused(&call, -EFAULT,
		"Unable to copy from user the Key Value: size or plaintext.\n",
		"key_value nowhere");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.black_key = NOWHERE;
	check_refused(&call, -EFAULT, "", "black_key nowhere");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.blob = NOWHERE;
	check_refused(&call, -EFAULT, "", "blob nowhere");
	check_equal(keygen(CAAM_KEYGEN_IOCTL_CREATE, (void *)NOWHERE), -EFAULT,
		"create, structure nowhere");
	check_equal(keygen(_IO('K', 2), &call.cmd), -ENOTTY, "an ioctl that is none");
}

/* Too little for the object: nothing comes back. Enough for it, not for its tag: the length does.
 */
static void test_room(void)
{
	struct call call;

	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.black_key_len = 35;
	check_refused(&call, -EINVAL, "", "35 bytes of room for the key");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.black_key_len = 55;
	check_equal(do_create(&call), -EINVAL, "create, 55 bytes of room for the key");
	check_equal(call.cmd.black_key_len, 56, "... needed length");
	check(!strcmp((char *)call.blob, "Not enough space for black key.\n"), "... message");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.blob_len = 83;
	check_refused(&call, -EINVAL, "", "83 bytes of room for the blob");
	prepare_create(&call, "ccm", "-s", "24", 3);
	call.cmd.blob_len = 103;
	check_equal(do_create(&call), -EINVAL, "create, 103 bytes of room for the blob");
	check_equal(call.cmd.blob_len, 104, "... needed length");
	check_equal(call.cmd.black_key_len, 56, "... the key is there");
	check(!strcmp((char *)call.blob, "Not enough space for blob key.\n"), "... message");
}

void test_create(void)
{
	test_sizes();
	test_arguments();
	test_lengths();
	test_addresses();
	test_room();
}
