// SPDX-License-Identifier: Apache-2.0
// Filesystems into the image. Encrypted volumes are what dm-crypt's cbc(aes)-plain reads: sectors
// of 512 bytes, each with its number in the partition, 32 bits little-endian, as the IV.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <openssl/evp.h>

#include "mkdisk.h"

#define CHUNK (128 * 1024)

static void encrypt_sector(EVP_CIPHER_CTX *ctx, uint64_t number, uint8_t *data)
{
	const uint8_t iv[16] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
		(uint8_t)(number >> 24)};
	int length = 0;

	if (!EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) ||
		!EVP_EncryptUpdate(ctx, data, &length, data, SECTOR) || length != SECTOR)
		die("AES-192-CBC failed");
}

static EVP_CIPHER_CTX *volume_cipher(const struct disk *disk, const struct partition *part)
{
	uint8_t key[KEY_SIZE];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	memcpy(key, disk->key, sizeof(key));
	if (part->key_file)
		read_exactly(part->key_file, key, sizeof(key));
	if (!ctx || !EVP_EncryptInit_ex(ctx, EVP_aes_192_cbc(), NULL, key, NULL) ||
		!EVP_CIPHER_CTX_set_padding(ctx, 0))
		die("AES-192-CBC failed");
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
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	for (uint64_t done = 0; done < part->size;) {
		uint64_t left = part->size - done;
		size_t want = left < CHUNK ? (size_t)left : CHUNK;

		if (read(fd, data, want) != (ssize_t)want)
			die("%s: cannot be read", path);
		for (size_t at = 0; ctx && at < want; at += SECTOR)
			encrypt_sector(ctx, (done + at) / SECTOR, data + at);
		/* The image starts as a hole, and the holes of plain volumes stay holes. */
		if (!is_zero(data, want) &&
			pwrite(image, data, want, (off_t)(part->start + done)) != (ssize_t)want)
			die("writing the image: %s", strerror(errno));
		done += want;
	}
	close(fd);
	EVP_CIPHER_CTX_free(ctx);
}
