// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cipher cbc(paes) of kernels since 6.19, whose key is a blob behind a struct caam_pkey_info. As
 * with mainline's driver (caamalg.c, paes_skcipher_setkey) setkey never asks CAAM: a blob of
 * another chip or state fails each request instead.
 */
#include <soc/fsl/caam-blob.h>

#include "stub.h"

#ifdef CAAM_PKEY_HEADER
#include <crypto/aes.h>
#include <crypto/internal/skcipher.h>
#include <linux/string.h>

#define MODIFIER "SECURE_KEY"

/*
 * CAAM takes the blob apart anew for each job, and its answer does not change while a kernel runs:
 * doing it once and answering each request with the result comes to the same.
 */
static int paes_setkey(struct crypto_skcipher *tfm, const u8 *key, unsigned int size)
{
	struct stub_cipher *paes = crypto_skcipher_ctx(tfm);
	const struct caam_pkey_info *info = (const struct caam_pkey_info *)key;
	u8 red[AES_MAX_KEY_SIZE];
	int ret = aes_check_keylen(info->plain_key_sz);

	if (ret)
		return ret;
	if (size != CAAM_PKEY_HEADER + info->plain_key_sz + CAAM_BLOB_OVERHEAD)
		ret = -EBADMSG;
	if (!ret)
		ret = stub_blob_decap(MODIFIER, strlen(MODIFIER), info->key_buf, red,
				      info->plain_key_sz);
	if (!ret)
		ret = crypto_skcipher_setkey(paes->cbc, red, info->plain_key_sz);
	memzero_explicit(red, sizeof(red));
	paes->key_error = ret;
	return 0;
}

static struct skcipher_alg paes_alg = {
	.base.cra_name = "cbc(paes)",
	.base.cra_driver_name = "cbc-paes-stub",
	.setkey = paes_setkey,
	.min_keysize = AES_MIN_KEY_SIZE + CAAM_BLOB_OVERHEAD + CAAM_PKEY_HEADER,
	.max_keysize = AES_MAX_KEY_SIZE + CAAM_BLOB_OVERHEAD + CAAM_PKEY_HEADER,
};

/*
 * Mainline's driver says of all its ciphers that requests allocate memory, and dm-crypt takes none that
 * do (crypt_alloc_tfms_skcipher): so protected keys are of no use for volumes there, up to 7.3. A
 * chip can ask for a kernel in which that has changed.
 */
int stub_paes_register(void)
{
	if (!stub_chip_paes_for_volumes())
		paes_alg.base.cra_flags |= CRYPTO_ALG_ALLOCATES_MEMORY;
	return stub_cipher_register(&paes_alg);
}
#else
int stub_paes_register(void)
{
	return 0;
}
#endif
