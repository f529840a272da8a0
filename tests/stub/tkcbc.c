// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cipher tk(cbc(aes)): AES-CBC whose key is a tagged black key. As with NXP's driver setkey
 * looks only at the header; a black key that is stale or corrupt fails each request instead.
 */
#define pr_fmt(fmt) "tk-cbc-aes-stub: " fmt

#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <linux/string.h>

#include "stub.h"

#define KEY_SIZE_MIN (sizeof(struct stub_tag) + STUB_RED_MIN) /* TAG_MIN_SIZE */
/* CAAM_MAX_KEY_SIZE: AES key, nonce of RFC 3686, two SHA-512 states */
#define KEY_SIZE_MAX (AES_MAX_KEY_SIZE + 4 + 2 * 64)

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
	struct stub_cipher *tk = crypto_skcipher_ctx(tfm);
	struct stub_tag tag;
	int ret;

	memcpy(&tag, key, sizeof(tag)); /* size >= KEY_SIZE_MIN */
	ret = check_header(&tag);
	if (ret)
		return ret;
	tk->key_error = load_black_key(tk->cbc, &tag, key + sizeof(tag), size - sizeof(tag));
	return 0;
}

static struct skcipher_alg tkcbc_alg = {
	.base.cra_name = "tk(cbc(aes))",
	.base.cra_driver_name = "tk-cbc-aes-stub",
	.setkey = tkcbc_setkey,
	.min_keysize = KEY_SIZE_MIN,
	.max_keysize = KEY_SIZE_MAX,
};

int stub_tkcbc_register(void)
{
	return stub_cipher_register(&tkcbc_alg);
}
