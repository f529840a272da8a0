// SPDX-License-Identifier: GPL-2.0-only
/* What the stub's two ciphers share: everything but the form of their keys. */
#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <linux/err.h>
#include <linux/module.h>

#include "stub.h"

/* Over that of the plain implementations, as every CAAM cipher (CAAM_CRA_PRIORITY) */
#define PRIORITY 3000

static struct skcipher_request *prepare(struct skcipher_request *request,
					const struct stub_cipher *cipher)
{
	struct skcipher_request *plain = skcipher_request_ctx(request);

	skcipher_request_set_tfm(plain, cipher->cbc);
	skcipher_request_set_callback(plain, request->base.flags, NULL, NULL);
	skcipher_request_set_crypt(plain, request->src, request->dst, request->cryptlen,
				   request->iv);
	return plain;
}

static int encrypt(struct skcipher_request *request)
{
	struct stub_cipher *cipher = crypto_skcipher_ctx(crypto_skcipher_reqtfm(request));

	return cipher->key_error ?: crypto_skcipher_encrypt(prepare(request, cipher));
}

static int decrypt(struct skcipher_request *request)
{
	struct stub_cipher *cipher = crypto_skcipher_ctx(crypto_skcipher_reqtfm(request));

	return cipher->key_error ?: crypto_skcipher_decrypt(prepare(request, cipher));
}

static int init(struct crypto_skcipher *tfm)
{
	struct stub_cipher *cipher = crypto_skcipher_ctx(tfm);

	/* dm-crypt takes no cipher that allocates memory for a request: neither may this one. */
	cipher->cbc = crypto_alloc_skcipher("cbc(aes)", 0,
					    CRYPTO_ALG_ASYNC | CRYPTO_ALG_ALLOCATES_MEMORY);
	if (IS_ERR(cipher->cbc))
		return PTR_ERR(cipher->cbc);
	crypto_skcipher_set_reqsize(tfm, sizeof(struct skcipher_request) +
						 crypto_skcipher_reqsize(cipher->cbc));
	return 0;
}

static void leave(struct crypto_skcipher *tfm)
{
	struct stub_cipher *cipher = crypto_skcipher_ctx(tfm);

	crypto_free_skcipher(cipher->cbc);
}

int stub_cipher_register(struct skcipher_alg *alg)
{
	alg->base.cra_priority = PRIORITY;
	alg->base.cra_blocksize = AES_BLOCK_SIZE;
	alg->base.cra_ctxsize = sizeof(struct stub_cipher);
	alg->base.cra_module = THIS_MODULE;
	alg->init = init;
	alg->exit = leave;
	alg->encrypt = encrypt;
	alg->decrypt = decrypt;
	alg->ivsize = AES_BLOCK_SIZE;
	return crypto_register_skcipher(alg);
}
