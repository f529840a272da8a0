// SPDX-License-Identifier: Apache-2.0
// Self-test: tk(cbc(aes)) through AF_ALG.
#include <errno.h>
#include <fcntl.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "selftest.h"
#include "vectors.h"

#ifndef SOL_ALG
#define SOL_ALG 279
#endif

#define IV_SIZE 16
#define TEXT_SIZE 64

#define TAG_VERSION 4 /* offsets of the header's fields */
#define TAG_TYPE 8
#define TAG_RED_SIZE 12
#define TAG_OBJECT_SIZE 16

/* AES-192-CBC of NIST SP 800-38A, F.2.3 and F.2.4 */
static const uint8_t nist_key[24] = {
	0x8e, 0x73, 0xb0, 0xf7, 0xda, 0x0e, 0x64, 0x52, 0xc8, 0x10, 0xf3, 0x2b,
	0x80, 0x90, 0x79, 0xe5, 0x62, 0xf8, 0xea, 0xd2, 0x52, 0x2c, 0x6b, 0x7b,
};
static const uint8_t nist_iv[IV_SIZE] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
static const uint8_t nist_plain[TEXT_SIZE] = {
	0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11,
	0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c,
	0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51, 0x30, 0xc8, 0x1c, 0x46,
	0xa3, 0x5c, 0xe4, 0x11, 0xe5, 0xfb, 0xc1, 0x19, 0x1a, 0x0a, 0x52, 0xef,
	0xf6, 0x9f, 0x24, 0x45, 0xdf, 0x4f, 0x9b, 0x17, 0xad, 0x2b, 0x41, 0x7b,
	0xe6, 0x6c, 0x37, 0x10,
};
static const uint8_t nist_cipher[TEXT_SIZE] = {
	0x4f, 0x02, 0x1d, 0xb2, 0x43, 0xbc, 0x63, 0x3d, 0x71, 0x78, 0x18, 0x3a,
	0x9f, 0xa0, 0x71, 0xe8, 0xb4, 0xd9, 0xad, 0xa9, 0xad, 0x7d, 0xed, 0xf4,
	0xe5, 0xe7, 0x38, 0x76, 0x3f, 0x69, 0x14, 0x5a, 0x57, 0x1b, 0x24, 0x20,
	0x12, 0xfb, 0x7a, 0xe0, 0x7f, 0xa9, 0xba, 0xac, 0x3d, 0xf1, 0x02, 0xe0,
	0x08, 0xb0, 0xe2, 0x79, 0x88, 0x59, 0x88, 0x81, 0xd9, 0x20, 0xa9, 0xe6,
	0x4f, 0x56, 0x15, 0xcd,
};

struct outcome {
	int setkey, request; /* 0 or a negative errno each */
	uint8_t text[TEXT_SIZE];
};

static int send_request(int fd, uint32_t operation, const uint8_t text[static TEXT_SIZE])
{
	union {
		char bytes[CMSG_SPACE(sizeof(uint32_t)) +
			   CMSG_SPACE(sizeof(struct af_alg_iv) + IV_SIZE)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec data = { (void *)(uintptr_t)text, TEXT_SIZE };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
	const uint32_t iv_size = IV_SIZE;
	struct cmsghdr *header;

	message.msg_control = control.bytes;
	message.msg_controllen = sizeof(control.bytes);
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_OP;
	header->cmsg_len = CMSG_LEN(sizeof(operation));
	memcpy(CMSG_DATA(header), &operation, sizeof(operation));
	header = (struct cmsghdr *)(control.bytes + CMSG_SPACE(sizeof(operation)));
	header->cmsg_level = SOL_ALG;
	header->cmsg_type = ALG_SET_IV;
	header->cmsg_len = CMSG_LEN(sizeof(struct af_alg_iv) + IV_SIZE);
	memcpy(CMSG_DATA(header), &iv_size, sizeof(iv_size));
	memcpy(CMSG_DATA(header) + sizeof(iv_size), nist_iv, IV_SIZE);
	return sendmsg(fd, &message, 0) < 0 ? -errno : 0;
}

static void run_socket(int fd, const uint8_t *key, size_t key_size, uint32_t operation,
	const uint8_t text[static TEXT_SIZE], struct outcome *outcome)
{
	int request;

	if (setsockopt(fd, SOL_ALG, ALG_SET_KEY, key, (socklen_t)key_size)) {
		outcome->setkey = -errno;
		return;
	}
	request = accept(fd, NULL, NULL);
	if (request < 0) {
		outcome->request = -errno;
		return;
	}
	outcome->request = send_request(request, operation, text);
	if (!outcome->request && read(request, outcome->text, TEXT_SIZE) != TEXT_SIZE)
		outcome->request = -errno;
	close(request);
}

static struct outcome run(const char *cipher, const uint8_t *key, size_t key_size,
	uint32_t operation, const uint8_t text[static TEXT_SIZE])
{
	struct sockaddr_alg address = { .salg_family = AF_ALG, .salg_type = "skcipher" };
	struct outcome outcome = { 0 };
	int fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	snprintf((char *)address.salg_name, sizeof(address.salg_name), "%s", cipher);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		outcome.setkey = outcome.request = -errno;
	else
		run_socket(fd, key, key_size, operation, text, &outcome);
	if (fd >= 0)
		close(fd);
	return outcome;
}

static struct outcome encrypt_with(const struct key *key)
{
	return run("tk(cbc(aes))", key->bytes, key->size, ALG_OP_ENCRYPT, nist_plain);
}

static void check_vector(const char *what, const uint8_t *blob, size_t size)
{
	struct key key;
	struct outcome outcome;

	check_equal(import_blob(blob, size, &key), 0, "%s: import", what);
	outcome = encrypt_with(&key);
	check(!outcome.request && !memcmp(outcome.text, nist_cipher, TEXT_SIZE), "%s: encrypts",
		what);
	outcome = run("tk(cbc(aes))", key.bytes, key.size, ALG_OP_DECRYPT, nist_cipher);
	check(!outcome.request && !memcmp(outcome.text, nist_plain, TEXT_SIZE), "%s: decrypts",
		what);
}

/* Black keys, straight and through a blob, against the kernel's plain cbc(aes). */
static void check_against_plain(const char *encryption, size_t red_size)
{
	uint8_t red[32], blob[BLOB_MAX];
	struct key made = { 0 }, imported = { 0 };
	struct outcome expected, outcome;
	size_t blob_size = 0;

	for (size_t i = 0; i < red_size; i++)
		red[i] = (uint8_t)(i * 11); /* begins with a NUL */
	expected = run("cbc(aes)", red, red_size, ALG_OP_ENCRYPT, nist_plain);
	check_equal(create_key(encryption, red, red_size, &made, blob, &blob_size), 0,
		"%s key of %zu bytes: create", encryption, red_size);
	outcome = encrypt_with(&made);
	check(!expected.request && !outcome.request &&
		!memcmp(outcome.text, expected.text, TEXT_SIZE),
		"%s key of %zu bytes: encrypts as cbc(aes)", encryption, red_size);
	check_equal(import_blob(blob, blob_size, &imported), 0,
		"%s key of %zu bytes: import", encryption, red_size);
	outcome = encrypt_with(&imported);
	check(!outcome.request && !memcmp(outcome.text, expected.text, TEXT_SIZE),
		"%s key of %zu bytes: encrypts the same from the blob", encryption, red_size);
}

/* setkey's answer and, where it is good, the request's, for a key with one byte changed. */
static void check_changed(const struct key *good, size_t offset, uint8_t value, int setkey,
	int request, const char *what)
{
	struct key key = *good;
	struct outcome outcome;

	key.bytes[offset] = value;
	outcome = encrypt_with(&key);
	check_equal(outcome.setkey, setkey, "key with %s: setkey", what);
	if (!setkey)
		check_equal(outcome.request, request, "key with %s: request", what);
}

static void check_size(const struct key *good, size_t size, int setkey, int request)
{
	uint8_t bytes[256] = { 0 };
	struct outcome outcome;

	memcpy(bytes, good->bytes, good->size);
	outcome = run("tk(cbc(aes))", bytes, size, ALG_OP_ENCRYPT, nist_plain);
	check_equal(outcome.setkey, setkey, "key of %zu bytes: setkey", size);
	if (!setkey)
		check_equal(outcome.request, request, "key of %zu bytes: request", size);
}

static void test_bad_keys(void)
{
	struct key key = { 0 };
	size_t last;

	import_blob(blob_trusted, sizeof(blob_trusted), &key);
	last = key.size - 1;
	check_changed(&key, 0, 0, -EINVAL, 0, "another magic");
	check_changed(&key, TAG_VERSION, 7, 0, 0, "another version");
	check_changed(&key, TAG_TYPE, 0x8, -EINVAL, 0, "colour red");
	check_changed(&key, TAG_TYPE, 0xb, -EINVAL, 0, "object blob");
	check_changed(&key, TAG_TYPE, 0xd, 0, -EINVAL, "TDKEK");
	check_changed(&key, TAG_RED_SIZE, 16, 0, -EINVAL, "another red length");
	check_changed(&key, TAG_OBJECT_SIZE, 35, 0, -EINVAL, "another object length");
	check_changed(&key, TAG_SIZE, key.bytes[TAG_SIZE] ^ 1, 0, -EBADMSG, "a nonce changed");
	check_changed(&key, 30, key.bytes[30] ^ 1, 0, -EBADMSG, "a bit flipped");
	check_changed(&key, last, key.bytes[last] ^ 0x80, 0, -EBADMSG, "an ICV changed");
	check_size(&key, 35, -EINVAL, 0);
	check_size(&key, 55, 0, -EINVAL);
	check_size(&key, 164, 0, -EINVAL);
	check_size(&key, 165, -EINVAL, 0);
}

static void test_registration(void)
{
	static char text[1 << 16];
	const char *end = NULL, *name;
	size_t length = 0;
	ssize_t got;
	int fd = open("/proc/crypto", O_RDONLY | O_CLOEXEC);

	while ((got = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	close(fd);
	text[length] = '\0';
	name = strstr(text, ": tk(cbc(aes))\n");
	check(name, "/proc/crypto has tk(cbc(aes))");
	if (name)
		end = strstr(name, "\n\n");
	if (end)
		text[end - text] = '\0';
	check(name && strstr(name, ": tk-cbc-aes-stub\n"), "... of the stub");
	check(name && strstr(name, "priority     : 3000\n"), "... priority 3000");
	check(name && strstr(name, "min keysize  : 36\n"), "... keys from 36 bytes");
	check(name && strstr(name, "max keysize  : 164\n"), "... to 164 bytes");
}

void test_key_of_earlier_start(void)
{
	/* The tag of a 24-byte CCM key, and a body that was under some other JDKEK */
	struct key key = {
		{ 0x4f, 0x67, 0x61, 0x54, 0, 0, 0, 0, 9, 0, 0, 0, 24, 0, 0, 0, 36, 0, 0, 0 }, 56
	};
	struct outcome outcome = encrypt_with(&key);

	check_equal(outcome.setkey, 0, "key of an earlier start: setkey");
	check_equal(outcome.request, -EBADMSG, "key of an earlier start: request");
}

void test_cipher(void)
{
	static const char *const encryptions[] = { "ccm", "ecb" };
	struct outcome plain =
		run("cbc(aes)", nist_key, sizeof(nist_key), ALG_OP_ENCRYPT, nist_plain);

	check(!memcmp(plain.text, nist_cipher, TEXT_SIZE), "cbc(aes) itself agrees with NIST");
	test_registration();
	check_vector("ccm blob of the host", blob_trusted, sizeof(blob_trusted));
	check_vector("ecb blob of the host", blob_trusted_ecb, sizeof(blob_trusted_ecb));
	for (size_t i = 0; i < 2; i++) {
		for (size_t size = 16; size <= 32; size += 8)
			check_against_plain(encryptions[i], size);
	}
	test_bad_keys();
	test_volume(nist_plain, nist_cipher, nist_iv, TEXT_SIZE);
}
