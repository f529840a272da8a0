// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mainline's trusted keys ask of its CAAM driver (include/soc/fsl/caam-blob.h), so that
 * security/keys/trusted-keys/trusted_caam.c runs as it is: blobs without a header, of the key's
 * length and 48 bytes. Errors are those of drivers/crypto/caam/blob_gen.c.
 */
#define pr_fmt(fmt) "caam blob_gen stub: " fmt

#include <keys/trusted-type.h>
#include <linux/err.h>
#include <linux/string.h>
#include <soc/fsl/caam-blob.h>

#include "stub.h"

/* There is one chip at most, and nothing to keep. */
static int blobifier;

struct caam_blob_priv *caam_blob_gen_init(void)
{
	return stub_chip_present() ? (struct caam_blob_priv *)&blobifier : ERR_PTR(-ENODEV);
}

void caam_blob_gen_exit(struct caam_blob_priv *priv)
{
}

#ifdef CAAM_PKEY_HEADER
/* The driver makes a black key in the caller's buffer first, which has to fit. */
static bool is_too_large(const struct caam_blob_info *info)
{
	size_t overhead = info->pkey_info.key_enc_algo == CAAM_ENC_ALGO_CCM ? CAAM_CCM_OVERHEAD : 0;

	return info->pkey_info.is_pkey && info->input_len + overhead > MAX_KEY_SIZE;
}
#else
static bool is_too_large(const struct caam_blob_info *info)
{
	return false;
}
#endif

int caam_process_blob(struct caam_blob_priv *priv, struct caam_blob_info *info, bool encap)
{
	size_t red_size = encap ? info->input_len : info->input_len - CAAM_BLOB_OVERHEAD;
	int ret;

	if (info->key_mod_len > CAAM_BLOB_KEYMOD_LENGTH || (encap && is_too_large(info)))
		return -EINVAL;
	if (stub_chip_has_test_key())
		pr_warn("using insecure test key, enable HAB to use unique device key!\n");
	ret = encap ? stub_blob_encap(info->key_mod, info->key_mod_len, info->input, red_size,
				      info->output) :
		      stub_blob_decap(info->key_mod, info->key_mod_len, info->input, info->output,
				      red_size);
	if (!ret)
		info->output_len = encap ? red_size + CAAM_BLOB_OVERHEAD : red_size;
	return ret;
}
