// SPDX-License-Identifier: Apache-2.0
// Attacks with keys, certificates, signatures, and the SRK table.

#include <string.h>

#include "hab-attack.h"

/* Signers */
static void image_of_others(struct attempt *a)
{
	attack_command(a, MKHAB_IMGK)->signer = a->others->image[0];
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->others->image[0];
}

static void image_of_slot_1(struct attempt *a)
{
	attack_command(a, MKHAB_IMGK)->signer = a->keys->image[1];
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->keys->image[1];
}

static void csf_of_others(struct attempt *a)
{
	attack_command(a, MKHAB_CSFK)->signer = a->others->csf[0];
	attack_command(a, MKHAB_AUTHENTICATE_CSF)->signer = a->others->csf[0];
}

static void image_by_csf_key(struct attempt *a)
{
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->keys->csf[0];
}

static void csf_by_image_key(struct attempt *a)
{
	attack_command(a, MKHAB_AUTHENTICATE_CSF)->signer = a->keys->image[0];
}

static void one_key(struct attempt *a)
{
	attack_command(a, MKHAB_IMGK)->signer = a->keys->csf[0];
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->keys->csf[0];
}

static void image_signer(struct attempt *a, const char *constraints)
{
	a->pair = mkhab_pair_make("own", a->others->image[0].key, &a->keys->srk[0], constraints);
	attack_command(a, MKHAB_IMGK)->signer = a->pair;
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->pair;
}

/* The signature names the signer's issuer with other letters, which libcrypto takes for the same. */
static void other_letters(struct attempt *a)
{
	X509 *twin = X509_dup(a->keys->image[0].certificate);
	X509_NAME *name = X509_NAME_new();

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"srk1_1_TEST", -1, -1, 0);
	X509_set_issuer_name(twin, name);
	X509_NAME_free(name);
	a->pair = a->keys->image[0];
	EVP_PKEY_up_ref(a->pair.key);
	a->pair.certificate = twin;
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->pair;
}

/* Whether it is one of an authority cannot be read. */
static void damaged_constraints(struct attempt *a)
{
	ASN1_OCTET_STRING *noise = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	image_signer(a, "CA:FALSE");
	ASN1_OCTET_STRING_set(noise, (const uint8_t *)"noise", 5);
	extension = X509_EXTENSION_create_by_NID(NULL, NID_basic_constraints, 0, noise);
	X509_EXTENSION_free(X509_delete_ext(a->pair.certificate, 0));
	X509_add_ext(a->pair.certificate, extension, 0);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(noise);
	X509_sign(a->pair.certificate, a->keys->srk[0].key, EVP_sha256());
}

static void image_ca(struct attempt *a) { image_signer(a, "critical,CA:TRUE"); }

static void csf_ca(struct attempt *a)
{
	a->pair = mkhab_pair_make("own", a->others->csf[0].key, &a->keys->srk[0], "CA:TRUE");
	attack_command(a, MKHAB_CSFK)->signer = a->pair;
	attack_command(a, MKHAB_AUTHENTICATE_CSF)->signer = a->pair;
}

/* The certificate that is installed is another one with the same name and number. */
static void forge(struct attempt *a, size_t install, size_t authenticate)
{
	X509 *twin = X509_dup(attack_command(a, install)->signer.certificate);

	a->pair = mkhab_pair_make("own", a->others->image[0].key, NULL, "CA:FALSE");
	X509_set_pubkey(twin, a->pair.key);
	X509_sign(twin, a->pair.key, EVP_sha256());
	X509_free(a->pair.certificate);
	a->pair.certificate = twin;
	attack_command(a, authenticate)->signer = a->pair;
}

static void forged_image(struct attempt *a) { forge(a, MKHAB_IMGK, MKHAB_AUTHENTICATE_IMAGE); }
static void forged_csf(struct attempt *a) { forge(a, MKHAB_CSFK, MKHAB_AUTHENTICATE_CSF); }

/* A certificate for another kind of key, or signed in another way. */
static void install_key(struct attempt *a, EVP_PKEY *key, const EVP_MD *digest)
{
	a->pair = mkhab_pair_make("own", key, &a->keys->srk[0], "CA:FALSE");
	X509_sign(a->pair.certificate, a->keys->srk[0].key, digest);
	attack_command(a, MKHAB_IMGK)->signer = a->pair;
	EVP_PKEY_free(key);
}

static EVP_PKEY *rsa_key(int bits, unsigned long exponent)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;
	BIGNUM *e = BN_new();

	BN_set_word(e, exponent);
	EVP_PKEY_keygen_init(context);
	EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits);
	EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e);
	EVP_PKEY_keygen(context, &key);
	EVP_PKEY_CTX_free(context);
	BN_free(e);
	return key;
}

static void small_key(struct attempt *a) { install_key(a, rsa_key(1024, 65537), EVP_sha256()); }
static void weak_exponent(struct attempt *a) { install_key(a, rsa_key(2048, 3), EVP_sha256()); }
static void elliptic_key(struct attempt *a) { install_key(a, EVP_EC_gen("P-256"), EVP_sha256()); }

static void certificate_sha1(struct attempt *a)
{
	install_key(a, rsa_key(2048, 65537), EVP_sha1());
}

static void cms(struct attempt *a, enum mkhab_cms how)
{
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->cms = how;
}

static void cms_default(struct attempt *a) { cms(a, MKHAB_CMS_DEFAULT); }
static void cms_no_attributes(struct attempt *a) { cms(a, MKHAB_CMS_NO_ATTRIBUTES); }
static void cms_sha384(struct attempt *a) { cms(a, MKHAB_CMS_SHA384); }
static void cms_key_id(struct attempt *a) { cms(a, MKHAB_CMS_KEY_ID); }
static void cms_pss(struct attempt *a) { cms(a, MKHAB_CMS_PSS); }
static void cms_two_signers(struct attempt *a) { cms(a, MKHAB_CMS_TWO_SIGNERS); }
static void cms_ber(struct attempt *a) { cms(a, MKHAB_CMS_BER); }
static void cms_attached(struct attempt *a) { cms(a, MKHAB_CMS_ATTACHED); }

/* Parts of the test's own */
static void own_part(struct attempt *a, size_t number, size_t size)
{
	attack_command(a, number)->data = a->part;
	attack_command(a, number)->data_size = size;
}

static void own_table(struct attempt *a)
{
	memcpy(a->part, a->keys->table, a->keys->table_size);
	own_part(a, MKHAB_SRK, a->keys->table_size);
}

static void table_version(struct attempt *a)
{
	own_table(a);
	a->part[3] = 0x43;
}

static void table_long(struct attempt *a)
{
	own_table(a);
	mkhab_word(a->part, 0xd7000040u | (uint32_t)(a->keys->table_size + 4) << 8);
	own_part(a, MKHAB_SRK, a->keys->table_size + 4);
}

static void table_huge(struct attempt *a)
{
	own_table(a);
	mkhab_word(a->part, 0xd7000040u | 2180u << 8);
	own_part(a, MKHAB_SRK, 2180);
}

/* The SRK in use is no authority, and the fuses say so too. */
static void srk_not_ca(struct attempt *a)
{
	uint8_t hashes[4 * 32];

	own_table(a);
	a->part[4 + 7] = 0;
	for (size_t i = 0; i < 4; i++)
		EVP_Digest(a->part + 4 + i * 271, 271, hashes + 32 * i, NULL, EVP_sha256(), NULL);
	EVP_Digest(hashes, sizeof(hashes), a->fuses, NULL, EVP_sha256(), NULL);
}

static void certificate_junk(struct attempt *a)
{
	uint8_t *end = a->part + 4;
	int size = i2d_X509(a->keys->image[0].certificate, &end);

	mkhab_word(a->part, 0xd7000042u | (uint32_t)(size + 4 + 4) << 8);
	own_part(a, MKHAB_IMGK, (size_t)size + 8);
}

static void certificate_none(struct attempt *a)
{
	mkhab_word(a->part, 0xd7000042u | 100u << 8);
	own_part(a, MKHAB_IMGK, 100);
}

static void certificate_empty(struct attempt *a)
{
	mkhab_word(a->part, 0xd7000042u | 4u << 8);
	own_part(a, MKHAB_IMGK, 4);
}

static void signature_none(struct attempt *a)
{
	mkhab_word(a->part, 0xd8000042u | 100u << 8);
	own_part(a, MKHAB_AUTHENTICATE_IMAGE, 100);
}

/* Unlock commands name a chip where others name a place: what is put there comes before the image key. */
static void csf_large(struct attempt *a)
{
	for (int i = 0; i < 4; i++) {
		struct mkhab_command *c =
			mkhab_insert(&a->m, 5, (const uint8_t[]){ 0xb2, 0, 16, 0x21, 0, 0, 0, 8 }, 8);

		c->size = 16;
		c->part = MKHAB_CERTIFICATE;
		c->place = 10 + i;
		c->data = a->part;
		c->data_size = sizeof(a->part);
	}
	attack_command(a, MKHAB_IMGK + 4)->place = 20;
}

const struct attack key_attacks[] = {
	{ "image certificate of another PKI", image_of_others, NULL, BOTH(HAB_CERTIFICATE_CHAIN) },
	{ "image certificate of another slot", image_of_slot_1, NULL, BOTH(HAB_CERTIFICATE_CHAIN) },
	{ "CSF certificate of another PKI", csf_of_others, NULL, BOTH(HAB_CERTIFICATE_CHAIN) },
	{ "image signed by the CSF key", image_by_csf_key, NULL, BOTH(HAB_SIGNATURE_SIGNER) },
	{ "CSF signed by the image key", csf_by_image_key, NULL, BOTH(HAB_SIGNATURE_SIGNER) },
	{ "CSF key as image key", one_key, NULL, STRICT_ONLY(HAB_KEY_SHARED) },
	{ "image certificate of an authority", image_ca, NULL, BOTH(HAB_CERTIFICATE_CA) },
	{ "CSF certificate of an authority", csf_ca, NULL, STRICT_ONLY(HAB_CERTIFICATE_CA) },
	{ "image signature forged", forged_image, NULL, BOTH(HAB_IMAGE_SIGNATURE) },
	{ "CSF signature forged", forged_csf, NULL, BOTH(HAB_CSF_SIGNATURE) },
	{ "signer in other letters", other_letters, NULL, BOTH(HAB_SIGNATURE_SIGNER) },
	{ "damaged constraints", damaged_constraints, NULL, BOTH(HAB_CERTIFICATE_FORM) },
	{ "RSA-1024", small_key, NULL, BOTH(HAB_KEY_ALGORITHM) },
	{ "exponent 3", weak_exponent, NULL, BOTH(HAB_KEY_ALGORITHM) },
	{ "elliptic curve", elliptic_key, NULL, BOTH(HAB_KEY_ALGORITHM) },
	{ "certificate by SHA-1", certificate_sha1, NULL, BOTH(HAB_SIGNATURE_ALGORITHM) },
	{ "CMS as libcrypto makes it", cms_default, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "CMS without attributes", cms_no_attributes, NULL, BOTH(HAB_SIGNATURE_FORM) },
	{ "CMS by SHA-384", cms_sha384, NULL, BOTH(HAB_SIGNATURE_ALGORITHM) },
	{ "CMS by key identifier", cms_key_id, NULL, BOTH(HAB_SIGNATURE_SIGNER) },
	{ "CMS by PSS", cms_pss, NULL, BOTH(HAB_SIGNATURE_ALGORITHM) },
	{ "CMS with two signers", cms_two_signers, NULL, BOTH(HAB_SIGNATURE_FORM) },
	{ "CMS that is no DER", cms_ber, NULL, BOTH(HAB_SIGNATURE_FORM) },
	{ "CMS with the image inside", cms_attached, NULL, BOTH(HAB_SIGNATURE_FORM) },

	{ "SRK table version", table_version, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "SRK table with something behind", table_long, NULL, BOTH(HAB_SRK_TABLE) },
	{ "huge SRK table", table_huge, NULL, BOTH(HAB_SRK_TABLE) },
	{ "SRK that is no authority", srk_not_ca, NULL, BOTH(HAB_SRK_NOT_CA) },
	{ "certificate with something behind", certificate_junk, NULL, BOTH(HAB_CERTIFICATE_FORM) },
	{ "no certificate", certificate_none, NULL, BOTH(HAB_CERTIFICATE_FORM) },
	{ "empty certificate", certificate_empty, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "no signature", signature_none, NULL, BOTH(HAB_SIGNATURE_FORM) },
	{ "CSF larger than its room", csf_large, NULL, BOTH(HAB_CSF_LARGE) },
	{ NULL, NULL, NULL, GOOD },
};
