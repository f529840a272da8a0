// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blobs: how a key outlives the power. A blob is
 *	E[32]	the blob key K, AES-256-ECB under the blob key encryption key (BKEK)
 *	C[red]	the red key, AES-256-CCM under K
 *	M[16]	its MAC
 *	slack	neither authenticated nor used: CAAM writes no further, NXP's driver hands out what
 *		the memory behind held
 */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/random.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "stub.h"

#define MAC_SIZE 16
#define MODIFIER_SIZE 16

/* BKEK = HMAC-SHA256(master secret, modifier || state): another state, another key. */
static int derive_bkek(u8 bkek[STUB_KEY_SIZE])
{
	/* The key modifier of NXP's driver, then the state as u32 in little endian */
	u8 message[MODIFIER_SIZE + 4] = "CAAM_KEY_TYPE_V1";
	u8 secret[STUB_KEY_SIZE];
	struct crypto_shash *hmac;
	int ret;

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

int stub_blob_encap(const u8 *red, size_t red_size, u8 *blob)
{
	u8 bkek[STUB_KEY_SIZE], key[STUB_KEY_SIZE];
	u8 *sealed = blob + STUB_KEY_SIZE;
	int ret;

	ret = derive_bkek(bkek);
	if (ret)
		return ret;
	/* Fills the slack too. */
	get_random_bytes(blob, STUB_BLOB_SIZE(red_size));
	get_random_bytes(key, sizeof(key));
	memcpy(sealed, red, red_size);
	ret = stub_seal(key, nonce, sizeof(nonce), sealed, red_size, MAC_SIZE);
	memcpy(blob, key, sizeof(key));
	stub_ecb_encrypt(bkek, blob, sizeof(key));
	memzero_explicit(bkek, sizeof(bkek));
	memzero_explicit(key, sizeof(key));
	return ret;
}

int stub_blob_decap(const u8 *blob, size_t blob_size, u8 *red, size_t red_size)
{
	u8 bkek[STUB_KEY_SIZE], key[STUB_KEY_SIZE], sealed[STUB_RED_MAX + MAC_SIZE];
	int ret;

	/* CAAM would go on past the end of the blob, where no MAC can be right. */
	if (red_size > STUB_RED_MAX || blob_size < STUB_BLOB_OVERHEAD + red_size)
		return -EBADMSG;
	ret = derive_bkek(bkek);
	if (ret)
		return ret;
	memcpy(key, blob, sizeof(key));
	stub_ecb_decrypt(bkek, key, sizeof(key));
	memcpy(sealed, blob + sizeof(key), red_size + MAC_SIZE);
	ret = stub_open(key, nonce, sizeof(nonce), sealed, red_size, MAC_SIZE);
	if (!ret)
		memcpy(red, sealed, red_size);
	memzero_explicit(bkek, sizeof(bkek));
	memzero_explicit(key, sizeof(key));
	memzero_explicit(sealed, sizeof(sealed));
	return ret;
}
