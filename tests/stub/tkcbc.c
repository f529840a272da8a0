// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cipher tk(cbc(aes)): AES-CBC whose key is a tagged black key. As with NXP's driver setkey
 * looks only at the header; a black key that is stale or corrupt fails each request instead.
 */
#define pr_fmt(fmt) "tk-cbc-aes-stub: " fmt

#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/string.h>

#include "stub.h"

/* Over that of the plain implementations, as every CAAM cipher (CAAM_CRA_PRIORITY) */
#define PRIORITY 3000
#define KEY_SIZE_MIN (sizeof(struct stub_tag) + STUB_RED_MIN) /* TAG_MIN_SIZE */
/* CAAM_MAX_KEY_SIZE: AES key, nonce of RFC 3686, two SHA-512 states */
#define KEY_SIZE_MAX (AES_MAX_KEY_SIZE + 4 + 2 * 64)

struct tkcbc {
	struct crypto_skcipher *cbc;
	int key_error; /* what CAAM answers to each job with this key */
};

static int check_header(const struct stub_tag *tag)
{
	if (tag->magic != STUB_TAG_MAGIC) {
		pr_err("unable to get tag object header configuration\n");
		return -EINVAL;
	}
	if ((tag->type & (STUB_TAG_BLACK | STUB_TAG_BLOB)) != STUB_TAG_BLACK) {
		pr_err("tagged key provided is not a black key\n");
		return -EINVAL;
	}
	return 0;
}

static int load_black_key(struct crypto_skcipher *cbc, const struct stub_tag *tag, const u8 *black,
			  size_t black_size)
{
	u8 red[STUB_RED_MAX];
	int ret;

	if (tag->object_size != black_size)
		return -EINVAL;
	ret = stub_black_unwrap(tag->type, black, black_size, red, tag->red_size);
	if (!ret)
		ret = crypto_skcipher_setkey(cbc, red, tag->red_size);
	memzero_explicit(red, sizeof(red));
	return ret;
}

/*
 * CAAM unwraps the black key anew for each job. The JDKEK does not change while a kernel runs, so
 * doing it once and answering each request with the result comes to the same.
 */
static int tkcbc_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int size)
{
	struct tkcbc *tk = crypto_skcipher_ctx(tfm);
	struct stub_tag tag;
	int ret;

	memcpy(&tag, key, sizeof(tag)); /* size >= KEY_SIZE_MIN */
	ret = check_header(&tag);
	if (ret)
		return ret;
	tk->key_error = load_black_key(tk->cbc, &tag, key + sizeof(tag), size - sizeof(tag));
	return 0;
}

static struct skcipher_request *prepare(struct skcipher_request *request, const struct tkcbc *tk)
{
	struct skcipher_request *plain = skcipher_request_ctx(request);

	skcipher_request_set_tfm(plain, tk->cbc);
	skcipher_request_set_callback(plain, request->base.flags, NULL, NULL);
	skcipher_request_set_crypt(plain, request->src, request->dst, request->cryptlen,
				   request->iv);
	return plain;
}

static int tkcbc_encrypt(struct skcipher_request *request)
{
	struct tkcbc *tk = crypto_skcipher_ctx(crypto_skcipher_reqtfm(request));

	return tk->key_error ?: crypto_skcipher_encrypt(prepare(request, tk));
}

static int tkcbc_decrypt(struct skcipher_request *request)
{
	struct tkcbc *tk = crypto_skcipher_ctx(crypto_skcipher_reqtfm(request));

	return tk->key_error ?: crypto_skcipher_decrypt(prepare(request, tk));
}

static int tkcbc_init(struct crypto_skcipher *tfm)
{
	struct tkcbc *tk = crypto_skcipher_ctx(tfm);

	/* dm-crypt takes no cipher that allocates memory for a request: neither may this one. */
	tk->cbc = crypto_alloc_skcipher("cbc(aes)", 0,
					CRYPTO_ALG_ASYNC | CRYPTO_ALG_ALLOCATES_MEMORY);
	if (IS_ERR(tk->cbc))
		return PTR_ERR(tk->cbc);
	crypto_skcipher_set_reqsize(tfm, sizeof(struct skcipher_request) +
						 crypto_skcipher_reqsize(tk->cbc));
	return 0;
}

static void tkcbc_exit(struct crypto_skcipher *tfm)
{
	struct tkcbc *tk = crypto_skcipher_ctx(tfm);

	crypto_free_skcipher(tk->cbc);
}

static struct skcipher_alg tkcbc_alg = {
	.base.cra_name = "tk(cbc(aes))",
	.base.cra_driver_name = "tk-cbc-aes-stub",
	.base.cra_priority = PRIORITY,
	.base.cra_blocksize = AES_BLOCK_SIZE,
	.base.cra_ctxsize = sizeof(struct tkcbc),
	.base.cra_module = THIS_MODULE,
	.init = tkcbc_init,
	.exit = tkcbc_exit,
	.setkey = tkcbc_setkey,
	.encrypt = tkcbc_encrypt,
	.decrypt = tkcbc_decrypt,
	.min_keysize = KEY_SIZE_MIN,
	.max_keysize = KEY_SIZE_MAX,
	.ivsize = AES_BLOCK_SIZE,
};

int stub_tkcbc_register(void)
{
	return crypto_register_skcipher(&tkcbc_alg);
}
