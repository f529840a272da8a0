// SPDX-License-Identifier: Apache-2.0
// Filesystems into the image. Encrypted volumes are what dm-crypt's cbc(aes) or xts(aes) reads: sectors of 512
// bytes, each with its number as the IV, little-endian. Layout 1 (plain) counts in the partition,
// with 32 bits; layout 2 (plain64) on the disk, with 64.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "mkdisk.h"

#define CHUNK (128 * 1024)

static void encrypt_sector(EVP_CIPHER_CTX *ctx, uint64_t number, uint8_t *data)
{
	uint8_t iv[16] = {0};
	int length = 0;

	for (size_t i = 0; i < sizeof(number); i++)
		iv[i] = (uint8_t)(number >> 8 * i);
	if (!EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) ||
		!EVP_EncryptUpdate(ctx, data, &length, data, SECTOR) || length != SECTOR)
		die("AES failed");
}

static const EVP_CIPHER *cipher_for(const struct key *key)
{
	if (key->form == KEY_TRUSTED && key->size == 32)
		return EVP_aes_128_xts();
	if (key->form == KEY_TRUSTED && key->size == 64)
		return EVP_aes_256_xts();
	switch (key->size) {
	case 16: return EVP_aes_128_cbc();
	case 24: return EVP_aes_192_cbc();
	case 32: return EVP_aes_256_cbc();
	default: die("a key of %zu bytes: must be 16, 24 or 32", key->size);
	}
}

static EVP_CIPHER_CTX *volume_cipher(const struct disk *disk, const struct partition *part)
{
	const struct key key = key_of(disk, part);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (!ctx || !EVP_EncryptInit_ex(ctx, cipher_for(&key), NULL, key.data, NULL) ||
		!EVP_CIPHER_CTX_set_padding(ctx, 0))
		die("AES failed");
	return ctx;
}

static bool is_zero(const uint8_t *data, size_t size)
{
	return data[0] == 0 && !memcmp(data, data + 1, size - 1);
}

void volume_write(
	int image, const struct disk *disk, const struct partition *part, const char *path)
{
	static uint8_t data[CHUNK];
	EVP_CIPHER_CTX *ctx = part->encrypted ? volume_cipher(disk, part) : NULL;
	const uint64_t first = key_iv_offset(disk, part);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	for (uint64_t done = 0; done < part->size;) {
		uint64_t left = part->size - done;
		size_t want = left < CHUNK ? (size_t)left : CHUNK;

		if (read(fd, data, want) != (ssize_t)want)
			die("%s: cannot be read", path);
		for (size_t at = 0; ctx && at < want; at += SECTOR)
			encrypt_sector(ctx, first + (done + at) / SECTOR, data + at);
		/* The image starts as a hole, and the holes of plain volumes stay holes. */
		if (!is_zero(data, want) &&
			pwrite(image, data, want, (off_t)(part->start + done)) != (ssize_t)want)
			die("writing the image: %s", strerror(errno));
		done += want;
	}
	close(fd);
	EVP_CIPHER_CTX_free(ctx);
}
