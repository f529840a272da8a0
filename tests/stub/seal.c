// SPDX-License-Identifier: GPL-2.0-only
/* AES-256 in the two modes that CAAM keys and blobs are made of: CCM and ECB. */
#include <crypto/aead.h>
#include <crypto/aes.h>
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "stub.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
#define aes_key crypto_aes_ctx
#define aes_preparekey aes_expandkey
#endif

/*
 * The crypto API's counter block for CCM is the first byte L - 1, where L = 15 - the nonce's length
 * is the size of the length field, then the nonce, then L zero bytes (RFC 3610, section 2.3).
 */
#define COUNTER_BLOCK_FLAGS (15 - STUB_NONCE_SIZE - 1)

static int run_request(struct crypto_aead *aead, const u8 *nonce, size_t nonce_size, u8 *data,
		       size_t size, bool seal)
{
	u8 counter_block[AES_BLOCK_SIZE] = { COUNTER_BLOCK_FLAGS };
	struct aead_request *request;
	struct scatterlist sg;
	size_t input = seal ? size : size + crypto_aead_authsize(aead);
	int ret;

	request = aead_request_alloc(aead, GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	memcpy(counter_block + 1, nonce, nonce_size);
	sg_init_one(&sg, data, size + crypto_aead_authsize(aead));
	aead_request_set_ad(request, 0);
	aead_request_set_crypt(request, &sg, &sg, input, counter_block);
	ret = seal ? crypto_aead_encrypt(request) : crypto_aead_decrypt(request);
	aead_request_free(request);
	return ret;
}

static int run_ccm(const u8 key[STUB_KEY_SIZE], const u8 *nonce, size_t nonce_size, u8 *data,
		   size_t size, size_t mac_size, bool seal)
{
	struct crypto_aead *aead;
	u8 *buffer;
	int ret;

	aead = crypto_alloc_aead("ccm(aes)", 0, CRYPTO_ALG_ASYNC);
	if (IS_ERR(aead))
		return PTR_ERR(aead);
	ret = crypto_aead_setkey(aead, key, STUB_KEY_SIZE);
	if (!ret)
		ret = crypto_aead_setauthsize(aead, mac_size);
	if (ret)
		goto free_aead;
	/* A scatterlist cannot name a stack, and the callers' data may lie on one. */
	ret = -ENOMEM;
	buffer = kmemdup(data, size + mac_size, GFP_KERNEL);
	if (!buffer)
		goto free_aead;
	ret = run_request(aead, nonce, nonce_size, buffer, size, seal);
	memcpy(data, buffer, size + mac_size);
	kfree_sensitive(buffer);
free_aead:
	crypto_free_aead(aead);
	return ret;
}

int stub_seal(const u8 key[STUB_KEY_SIZE], const u8 *nonce, size_t nonce_size, u8 *data,
	      size_t size, size_t mac_size)
{
	return run_ccm(key, nonce, nonce_size, data, size, mac_size, true);
}

int stub_open(const u8 key[STUB_KEY_SIZE], const u8 *nonce, size_t nonce_size, u8 *data,
	      size_t size, size_t mac_size)
{
	return run_ccm(key, nonce, nonce_size, data, size, mac_size, false);
}

/* aes_preparekey() refuses only key sizes that AES does not have. */
void stub_ecb_encrypt(const u8 key[STUB_KEY_SIZE], u8 *data, size_t size)
{
	struct aes_key aes;

	WARN_ON(aes_preparekey(&aes, key, STUB_KEY_SIZE));
	for (size_t i = 0; i < size; i += AES_BLOCK_SIZE)
		aes_encrypt(&aes, data + i, data + i);
	memzero_explicit(&aes, sizeof(aes));
}

void stub_ecb_decrypt(const u8 key[STUB_KEY_SIZE], u8 *data, size_t size)
{
	struct aes_key aes;

	WARN_ON(aes_preparekey(&aes, key, STUB_KEY_SIZE));
	for (size_t i = 0; i < size; i += AES_BLOCK_SIZE)
		aes_decrypt(&aes, data + i, data + i);
	memzero_explicit(&aes, sizeof(aes));
}
