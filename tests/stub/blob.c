// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blobs: how a key outlives the power. A blob is
 *	E[32]	the blob key K, AES-256-ECB under the blob key encryption key (BKEK)
 *	C[red]	the red key, AES-256-CCM under K
 *	M[16]	its MAC
 */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "stub.h"

#define MAC_SIZE 16
#define MODIFIER_SIZE 16

/* BKEK = HMAC-SHA256(master secret, modifier || state): another state, another key. */
static int derive_bkek(const void *modifier, size_t modifier_size, u8 bkek[STUB_KEY_SIZE])
{
	/* The key modifier, filled up with zeros, then the state as u32 in little endian */
	u8 message[MODIFIER_SIZE + 4] = {};
	u8 secret[STUB_KEY_SIZE];
	struct crypto_shash *hmac;
	int ret;

	if (modifier_size > MODIFIER_SIZE)
		return -EINVAL;
	memcpy(message, modifier, modifier_size);
	put_unaligned_le32(stub_chip_state(), message + MODIFIER_SIZE);
	hmac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(hmac))
		return PTR_ERR(hmac);
	stub_chip_secret(secret);
	ret = crypto_shash_setkey(hmac, secret, sizeof(secret));
	if (!ret)
		ret = crypto_shash_tfm_digest(hmac, message, sizeof(message), bkek);
	memzero_explicit(secret, sizeof(secret));
	crypto_free_shash(hmac);
	return ret;
}

/* A blob key encrypts once only, so that its nonce may be constant. */
static const u8 nonce[STUB_NONCE_SIZE];

int stub_blob_encap(const void *modifier, size_t modifier_size, const u8 *red, size_t red_size,
		    u8 *blob)
{
	u8 bkek[STUB_KEY_SIZE], key[STUB_KEY_SIZE];
	u8 *sealed = blob + STUB_KEY_SIZE;
	int ret;

	ret = derive_bkek(modifier, modifier_size, bkek);
	if (ret)
		return ret;
	get_random_bytes(key, sizeof(key));
	memcpy(sealed, red, red_size);
	ret = stub_seal(key, nonce, sizeof(nonce), sealed, red_size, MAC_SIZE);
	memcpy(blob, key, sizeof(key));
	stub_ecb_encrypt(bkek, blob, sizeof(key));
	memzero_explicit(bkek, sizeof(bkek));
	memzero_explicit(key, sizeof(key));
	return ret;
}

int stub_blob_decap(const void *modifier, size_t modifier_size, const u8 *blob, u8 *red,
		    size_t red_size)
{
	u8 bkek[STUB_KEY_SIZE], key[STUB_KEY_SIZE];
	u8 *sealed;
	int ret;

	ret = derive_bkek(modifier, modifier_size, bkek);
	if (ret)
		return ret;
	sealed = kmemdup(blob + sizeof(key), red_size + MAC_SIZE, GFP_KERNEL);
	if (!sealed)
		return -ENOMEM;
	memcpy(key, blob, sizeof(key));
	stub_ecb_decrypt(bkek, key, sizeof(key));
	ret = stub_open(key, nonce, sizeof(nonce), sealed, red_size, MAC_SIZE);
	if (!ret)
		memcpy(red, sealed, red_size);
	memzero_explicit(bkek, sizeof(bkek));
	memzero_explicit(key, sizeof(key));
	kfree_sensitive(sealed);
	return ret;
}
