// SPDX-License-Identifier: Apache-2.0
/*
 * Opens a key blob as the chip of a chip file would, in the state that a closed device has: what is
 * on a disk is judged from outside, with code that neither the stub driver nor the product shares.
 *     unwrap CHIP BLOB    prints the key in hexadecimal
 * Exit status: 0 opened, 1 the blob is none of this chip's, 2 wrong command line.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define CHIP_SIZE 4096
#define CHIP_SECRET 0x010
#define SECRET_SIZE 32

#define TAG_SIZE 20
#define TAG_RED_KEY_SIZE 12 /* where the tag says how long the key is */
#define BLOB_KEY_SIZE 32
#define MAC_SIZE 16
#define KEY_SIZE_MAX 32
#define BLOB_SIZE(key) (TAG_SIZE + ((key) + 7) / 8 * 8 + 12 + BLOB_KEY_SIZE + MAC_SIZE)

static size_t read_up_to(const char *name, uint8_t *data, size_t size)
{
	FILE *file = fopen(name, "rb");
	size_t length = file ? fread(data, 1, size, file) : 0;

	if (file)
		fclose(file);
	return length;
}

/* The blob's own key: AES-256-ECB under one that the chip derives from its secret and its state. */
static int open_blob_key(const uint8_t *secret, const uint8_t *wrapped, uint8_t *blob_key)
{
	static const uint8_t message[] = "CAAM_KEY_TYPE_V1\015\0\0"; /* the last four: trusted, 13 */
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t bkek[BLOB_KEY_SIZE];
	unsigned int length = 0;
	int done = 0, good;

	good = ctx && HMAC(EVP_sha256(), secret, SECRET_SIZE, message, sizeof(message), bkek, &length) &&
	       EVP_DecryptInit_ex(ctx, EVP_aes_256_ecb(), NULL, bkek, NULL) &&
	       EVP_CIPHER_CTX_set_padding(ctx, 0) &&
	       EVP_DecryptUpdate(ctx, blob_key, &done, wrapped, BLOB_KEY_SIZE) && done == BLOB_KEY_SIZE;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

/* AES-256-CCM with 12 zero bytes as the nonce; the MAC covers the length as well. */
static int open_key(const uint8_t *blob_key, const uint8_t *sealed, int size, uint8_t *key)
{
	static const uint8_t nonce[12];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t mac[MAC_SIZE];
	int length = 0, good;

	memcpy(mac, sealed + size, MAC_SIZE);
	good = ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_ccm(), NULL, NULL, NULL) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, sizeof(nonce), NULL) &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, MAC_SIZE, mac) &&
	       EVP_DecryptInit_ex(ctx, NULL, NULL, blob_key, nonce) &&
	       EVP_DecryptUpdate(ctx, NULL, &length, NULL, size) &&
	       EVP_DecryptUpdate(ctx, key, &length, sealed, size) > 0 && length == size;
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

int main(int argc, char **argv)
{
	uint8_t chip[CHIP_SIZE], blob[BLOB_SIZE(KEY_SIZE_MAX) + 1];
	uint8_t blob_key[BLOB_KEY_SIZE], key[KEY_SIZE_MAX];
	size_t size;
	int key_size;

	if (argc != 3 || read_up_to(argv[1], chip, sizeof(chip)) != sizeof(chip)) {
		fputs("usage: unwrap CHIP BLOB\n", stderr);
		return 2;
	}
	size = read_up_to(argv[2], blob, sizeof(blob));
	if (size < TAG_SIZE)
		return 1;
	key_size = blob[TAG_RED_KEY_SIZE];
	if (key_size > KEY_SIZE_MAX || size != (size_t)BLOB_SIZE(key_size))
		return 1;
	if (!open_blob_key(chip + CHIP_SECRET, blob + TAG_SIZE, blob_key) ||
		!open_key(blob_key, blob + TAG_SIZE + BLOB_KEY_SIZE, key_size, key))
		return 1;
	for (int i = 0; i < key_size; i++)
		printf("%02x", key[i]);
	putchar('\n');
	return 0;
}
