// SPDX-License-Identifier: Apache-2.0
// Hash tree, text and signature of an installer's manifest; see manifest-make.h.

#include "manifest-make.h"

#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Format 1 of dm-verity has the salt in front (drivers/md/dm-verity-target.c: verity_hash_init). */
static bool hash_block(EVP_MD_CTX *context, const struct manifest *manifest, const uint8_t *block,
	uint8_t ret[static SHA256_SIZE])
{
	return EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 &&
	       EVP_DigestUpdate(context, manifest->salt, sizeof(manifest->salt)) == 1 &&
	       EVP_DigestUpdate(context, block, MANIFEST_BLOCK) == 1 &&
	       EVP_DigestFinal_ex(context, ret, NULL) == 1;
}

/* One level above `blocks` blocks; the rest of its last block is zeros. */
static bool hash_level(EVP_MD_CTX *context, const struct manifest *manifest, const uint8_t *below,
	uint64_t blocks, uint8_t *level)
{
	uint64_t size = (blocks + MANIFEST_HASHES - 1) / MANIFEST_HASHES * MANIFEST_BLOCK;

	memset(level, 0, size);
	for (uint64_t i = 0; i < blocks; i++) {
		if (!hash_block(
			    context, manifest, below + i * MANIFEST_BLOCK, level + i * SHA256_SIZE))
			return false;
	}
	return true;
}

/* From the lowest level, which is the last of the tree, to the single block that is its first. */
bool manifest_make_tree(struct manifest *manifest, const uint8_t *data, uint8_t *ret_tree)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint64_t blocks = manifest->data_blocks;
	uint8_t *level = ret_tree + manifest_tree_blocks(manifest->data_blocks) * MANIFEST_BLOCK;
	const uint8_t *below = data;
	bool good = context;

	while (good && blocks > 1) {
		uint64_t above = (blocks + MANIFEST_HASHES - 1) / MANIFEST_HASHES;

		level -= above * MANIFEST_BLOCK;
		good = hash_level(context, manifest, below, blocks, level);
		below = level;
		blocks = above;
	}
	good = good && hash_block(context, manifest, below, manifest->root_hash);
	EVP_MD_CTX_free(context);
	return good;
}

bool manifest_tree_is_good(const struct manifest *manifest, const uint8_t *partition)
{
	const uint8_t *tree = partition + (uint64_t)manifest->data_blocks * MANIFEST_BLOCK;
	size_t size = manifest_tree_blocks(manifest->data_blocks) * MANIFEST_BLOCK;
	struct manifest made = *manifest;
	uint8_t *again = malloc(size);
	bool good = again && manifest_make_tree(&made, partition, again) &&
		    !memcmp(again, tree, size) &&
		    !memcmp(made.root_hash, manifest->root_hash, sizeof(made.root_hash));

	free(again);
	return good;
}

void manifest_write(const struct manifest *manifest, uint8_t ret[static MANIFEST_SIZE])
{
	char lines[MANIFEST_TEXT_SIZE + 1];
	struct text text = TEXT_IN(lines);

	text_add(&text, "format = 1\ndevice-type = ");
	text_add(&text, manifest->device_type);
	text_add(&text, "\nversion = ");
	text_add_number(&text, manifest->version);
	text_add(&text, "\ndata-blocks = ");
	text_add_number(&text, manifest->data_blocks);
	text_add(&text, "\nsalt = ");
	text_add_hex(&text, manifest->salt, sizeof(manifest->salt));
	text_add(&text, "\nroot-hash = ");
	text_add_hex(&text, manifest->root_hash, sizeof(manifest->root_hash));
	memset(ret, '\n', MANIFEST_TEXT_SIZE);
	memcpy(ret, text.data, text.used);
	memset(ret + MANIFEST_TEXT_SIZE, 0, MANIFEST_SIGNATURE_SIZE);
}

bool manifest_sign(uint8_t manifest[static MANIFEST_SIZE], EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = MANIFEST_SIGNATURE_SIZE;
	bool good = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestSign(context, manifest + MANIFEST_TEXT_SIZE, &size, manifest,
			    MANIFEST_TEXT_SIZE) == 1;

	EVP_MD_CTX_free(context);
	return good;
}

const char *manifest_verify(const uint8_t manifest[static MANIFEST_SIZE], X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	int size = key && EVP_PKEY_is_a(key, "RSA") ? EVP_PKEY_get_size(key) : 0;
	EVP_MD_CTX *context;
	bool good;

	if (size <= 0 || manifest_check_signature_size(manifest, (size_t)size))
		return "its signature has not the size of one by this key";
	context = EVP_MD_CTX_new();
	good = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	       EVP_DigestVerify(context, manifest + MANIFEST_TEXT_SIZE, (size_t)size, manifest,
		       MANIFEST_TEXT_SIZE) == 1;
	EVP_MD_CTX_free(context);
	return good ? NULL : "it is not the manifest that was signed, or another key signed it";
}
