// SPDX-License-Identifier: Apache-2.0
// bbsign info for kernels, kernel modules and device trees.

#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "describe.h"
#include "dtb.h"
#include "error.h"
#include "hab-parse.h"
#include "image.h"
#include "info.h"
#include "module.h"
#include "signature.h"

/* Documentation/arch/arm64/booting.rst, "Call the kernel image" */
#define IMAGE_HEADER_SIZE 64
#define IMAGE_MAGIC 56

/* Devicetree Specification, "Header" */
#define DTB_SIZE 4
#define DTB_VERSION 20

static void tell_signer(struct info *info, const struct authenticode *signature)
{
	const uint8_t *at = signature->certificate;
	X509 *certificate = d2i_X509(NULL, &at, (long)signature->certificate_size);

	info_open(info, "signer", '{');
	if (certificate)
		info_certificate(info, certificate);
	else
		info_word(info, "damaged", "the certificate in the signature cannot be read");
	info_close(info);
	X509_free(certificate);
	ERR_clear_error();
}

static void tell_signed_kernel(struct info *info, const uint8_t *data, size_t size,
	const struct image *image)
{
	const struct authenticode *signature = &image->signature;

	info_word(info, "kind", "kernel, signed for the bootloader (Authenticode)");
	info_number(info, "size", size);
	info_number(info, "memory", image->image_size);
	info_number(info, "security_version", image->security_version);
	info_hex(info, "digest", signature->digest, sizeof(signature->digest));
	if (!signature_digest_matches(data, size, image))
		info_word(info, "warning", "the digest is not that of the file: it was changed");
	tell_signer(info, signature);
}

bool info_kernel(struct info *info, const uint8_t *data, size_t size)
{
	struct image image;
	int error;

	if (size < IMAGE_HEADER_SIZE || memcmp(data + IMAGE_MAGIC, "ARM\x64", 4) != 0)
		return false;
	error = image_parse(data, size, &image);
	if (!error) {
		tell_signed_kernel(info, data, size, &image);
		return true;
	}
	info_word(info, "kind", "kernel, %s",
		error == BB_KERNEL_UNSIGNED ? "not signed" : "not one that the bootloader takes");
	info_number(info, "size", size);
	info_word(info, "detail", "%s", image.detail);
	return true;
}

bool info_device_tree(struct info *info, const uint8_t *data, size_t size)
{
	size_t claimed;

	if (size < DTB_HEADER_SIZE || hab_word(data) != DTB_MAGIC)
		return false;
	claimed = hab_word(data + DTB_SIZE);
	info_word(info, "kind", "device tree, not signed");
	info_number(info, "size", size);
	info_number(info, "version", hab_word(data + DTB_VERSION));
	if (claimed != size)
		info_word(info, "warning", "its header says %zu bytes", claimed);
	return true;
}

/* Who the signature names, and by what digest. */
static void tell_module_signer(struct info *info, CMS_SignerInfo *signer)
{
	ASN1_OCTET_STRING *key_id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;
	X509_ALGOR *digest;
	const ASN1_OBJECT *type;
	int nid;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&type, NULL, NULL, digest);
	nid = OBJ_obj2nid(type);
	info_word(info, "digest", "%s", nid == NID_undef ? "unknown" : OBJ_nid2sn(nid));
	if (CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial) != 1)
		return;
	if (issuer)
		info_name(info, "issuer", issuer);
	if (serial && serial->length > 0)
		info_hex(info, "serial", serial->data, (size_t)serial->length);
	if (key_id && key_id->length > 0)
		info_hex(info, "key_id", key_id->data, (size_t)key_id->length);
}

static void tell_module_signature(struct info *info, const uint8_t *data, size_t size)
{
	const uint8_t *at = data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)size);
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;

	if (!signers || at != data + size)
		info_word(info, "damaged", "what stands for the signature is none");
	for (int i = 0; signers && i < sk_CMS_SignerInfo_num(signers); i++)
		tell_module_signer(info, sk_CMS_SignerInfo_value(signers, i));
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}

bool info_module(struct info *info, const uint8_t *data, size_t size)
{
	size_t rest, length;

	if (!module_is_signed(data, size))
		return false;
	info_word(info, "kind", "kernel module, signed");
	info_number(info, "size", size);
	rest = size > MODULE_TRAILER_SIZE ? size - MODULE_TRAILER_SIZE : 0;
	length = rest ? hab_word(data + rest + MODULE_SIGNATURE_SIZE) : 0;
	if (!length || length > rest || length > SIGNED_DATA_MAX) {
		info_word(info, "damaged", "its trailer says that the signature has %zu bytes", length);
		return true;
	}
	info_number(info, "signature_size", length);
	if (!module_is_elf(data, rest - length))
		info_word(info, "warning", "what is signed is no module for arm64");
	tell_module_signature(info, data + rest - length, length);
	return true;
}
