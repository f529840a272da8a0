// SPDX-License-Identifier: Apache-2.0
// The chip as a file, and a key wrapped as that chip would: a tagged blob in the stub's
// cryptography.
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "mkdisk.h"

#define CHIP_SIZE 4096
#define CHIP_STATE 0x008
#define CHIP_SECRET 0x010
#define CHIP_SECRET_SIZE 32
#define STATE_NON_SECURE 11 /* SNVS_HPSR.SSM_STATE: here the key is the same on all chips */

#define BLOB_KEY_SIZE 32
#define MODIFIER_SIZE 16
#define MAC_SIZE 16

void random_bytes(const char *seed, const char *purpose, uint8_t *data, size_t size)
{
	const EVP_MD *hash = size > 32 ? EVP_sha512() : EVP_sha256();
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	char *text;

	if (!seed) {
		if (RAND_bytes(data, (int)size) != 1)
			die("no random numbers");
		return;
	}
	text = xasprintf("%s/%s", purpose, seed);
	if (!EVP_Digest(text, strlen(text), digest, &length, hash, NULL) || size > length)
		die("SHA-2 failed");
	memcpy(data, digest, size);
	free(text);
}

/* The key that encrypts blob keys: HMAC of the modifier and the security state under the secret. */
static void derive_bkek(const char *chip_file, const char modifier[static MODIFIER_SIZE],
	uint8_t bkek[static BLOB_KEY_SIZE])
{
	uint8_t chip[CHIP_SIZE], message[MODIFIER_SIZE + 4];
	uint8_t *secret = chip + CHIP_SECRET;
	unsigned int length = 0;

	read_exactly(chip_file, chip, sizeof(chip));
	if (memcmp(chip, "BBCHIP01", 8))
		die("%s: not a chip file", chip_file);
	if (chip[CHIP_STATE] == STATE_NON_SECURE)
		memset(secret, 0, CHIP_SECRET_SIZE);
	memcpy(message, modifier, MODIFIER_SIZE);
	memcpy(message + MODIFIER_SIZE, chip + CHIP_STATE, 4);
	if (!HMAC(EVP_sha256(), secret, CHIP_SECRET_SIZE, message, sizeof(message), bkek, &length))
		die("HMAC-SHA256 failed");
}

static void encrypt_blob_key(const uint8_t bkek[static BLOB_KEY_SIZE],
	const uint8_t blob_key[static BLOB_KEY_SIZE], uint8_t out[static BLOB_KEY_SIZE])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int length = 0;

	if (!ctx || !EVP_EncryptInit_ex(ctx, EVP_aes_256_ecb(), NULL, bkek, NULL) ||
		!EVP_CIPHER_CTX_set_padding(ctx, 0) ||
		!EVP_EncryptUpdate(ctx, out, &length, blob_key, BLOB_KEY_SIZE) ||
		length != BLOB_KEY_SIZE)
		die("AES-256-ECB failed");
	EVP_CIPHER_CTX_free(ctx);
}

/* AES-256-CCM, 12 zero bytes as the nonce (a blob key is used once), no further data. */
static void encrypt_key(const uint8_t blob_key[static BLOB_KEY_SIZE], const struct key *key,
	uint8_t *out, uint8_t mac[static MAC_SIZE])
{
	static const uint8_t nonce[12];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int size = (int)key->size, length = 0;

	if (!ctx || !EVP_EncryptInit_ex(ctx, EVP_aes_256_ccm(), NULL, NULL, NULL) ||
		!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, sizeof(nonce), NULL) ||
		!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, MAC_SIZE, NULL) ||
		!EVP_EncryptInit_ex(ctx, NULL, NULL, blob_key, nonce) ||
		!EVP_EncryptUpdate(ctx, NULL, &length, NULL, size) ||
		!EVP_EncryptUpdate(ctx, out, &length, key->data, size) || length != size ||
		!EVP_EncryptFinal_ex(ctx, out + size, &length) ||
		!EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, MAC_SIZE, mac))
		die("AES-256-CCM failed");
	EVP_CIPHER_CTX_free(ctx);
}

/* Random bytes for one key's blob: no two blobs share any. */
static void random_for(const char *seed, const char *purpose, const struct key *key, uint8_t *data,
	size_t size)
{
	char *text = xasprintf("%s %zu", purpose, key->size);

	random_bytes(seed, text, data, size);
	free(text);
}

/* Blob key, key, MAC. Yields how much that is. */
static size_t wrap(const char *chip_file, const char modifier[static MODIFIER_SIZE], const char *seed,
	const struct key *key, uint8_t *blob)
{
	uint8_t bkek[BLOB_KEY_SIZE], blob_key[BLOB_KEY_SIZE];

	derive_bkek(chip_file, modifier, bkek);
	random_for(seed, "blob key", key, blob_key, sizeof(blob_key));
	encrypt_blob_key(bkek, blob_key, blob);
	encrypt_key(blob_key, key, blob + BLOB_KEY_SIZE, blob + BLOB_KEY_SIZE + key->size);
	return BLOB_SIZE(key->size);
}

/* As NXP's driver does. */
static size_t wrap_tagged(const char *chip_file, const char *seed, const struct key *key, uint8_t *blob)
{
	const size_t size = TAGGED_BLOB_SIZE(key->size);
	/* magic, version 0, type 9 (black, CCM), red key length, length of the rest */
	const uint8_t header[20] = {0x4f, 0x67, 0x61, 0x54, 0, 0, 0, 0, 9, 0, 0, 0,
		(uint8_t)key->size, 0, 0, 0, (uint8_t)(size - 20), 0, 0, 0};
	size_t used = sizeof(header);

	memcpy(blob, header, sizeof(header));
	used += wrap(chip_file, "CAAM_KEY_TYPE_V1", seed, key, blob + used);
	/* NXP's driver leaves the end of the file as it finds its memory: neither checked nor used. */
	random_for(seed, "slack", key, blob + used, size - used);
	return size;
}

/* Mainline's key modifier (trusted_caam.c); CAAM fills it up with zeros. */
size_t chip_wrap(const char *chip_file, const char *seed, const struct key *key,
	uint8_t blob[static BLOB_SIZE_MAX])
{
	static const char mainline[MODIFIER_SIZE] = "SECURE_KEY";

	return key->form == KEY_TAGGED ? wrap_tagged(chip_file, seed, key, blob) :
					 wrap(chip_file, mainline, seed, key, blob);
}
