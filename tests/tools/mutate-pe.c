// SPDX-License-Identifier: Apache-2.0
// mutate's operations on a signed PE file. It believes what the file says, as far as it stays
// within it.

#include <openssl/asn1t.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

static uint8_t *optional_header(const struct file *f)
{
	if (f->size < 1024 || get32(f->data + 60) > f->size - 512)
		die("no PE file");
	return f->data + get32(f->data + 60) + 24;
}

static uint8_t *directory_entry(const struct file *f)
{
	return optional_header(f) + 112 + 4 * 8;
}

static size_t table_offset(const struct file *f)
{
	size_t offset = get32(directory_entry(f));

	if (offset == 0 || offset + 16 > f->size)
		die("not signed");
	return offset;
}

/* Size of the DER structure in the certificate table. */
static size_t signature_size(const struct file *f)
{
	const uint8_t *der = f->data + table_offset(f) + 8;

	if (der[0] != 0x30 || der[1] != 0x82)
		die("no PKCS#7 structure");
	return 4 + ((size_t)der[2] << 8 | der[3]);
}

/* Puts another structure into the table's one entry; `behind` bytes in the entry follow it. */
static void set_signature(struct file *f, const uint8_t *der, size_t size, size_t behind)
{
	size_t table = table_offset(f), length = (8 + size + behind + 7) / 8 * 8;

	resize(f, table);
	resize(f, table + length);
	put32(f->data + table, length);
	memcpy(f->data + table + 4, (const uint8_t[]){ 0, 2, 2, 0 }, 4);
	memcpy(f->data + table + 8, der, size);
	memset(f->data + table + 8 + size, 'x', behind);
	put32(directory_entry(f) + 4, length);
}

static PKCS7 *get_pkcs7(const struct file *f)
{
	const uint8_t *der = f->data + table_offset(f) + 8;
	PKCS7 *p7 = d2i_PKCS7(NULL, &der, (long)signature_size(f));

	if (!p7 || !PKCS7_type_is_signed(p7))
		die("no PKCS#7 structure");
	return p7;
}

static void set_pkcs7(struct file *f, PKCS7 *p7)
{
	uint8_t *der = NULL;
	int size = i2d_PKCS7(p7, &der);

	if (size <= 0)
		die("libcrypto cannot write the PKCS#7 structure");
	set_signature(f, der, (size_t)size, 0);
	OPENSSL_free(der);
	PKCS7_free(p7);
}

void flip_code(struct file *f, size_t number)
{
	const uint8_t *optional = optional_header(f);
	const uint8_t *section = optional + 112 + get32(optional + 108) * 8;
	size_t middle = get32(section + 20) + get32(section + 16) / 2;

	(void)number;
	if (middle >= f->size)
		die("no section");
	f->data[middle] ^= 1;
}

void flip_header(struct file *f, size_t number)
{
	(void)number;
	f->data[40] ^= 1; /* res3 of the arm64 header, e_res2 of the DOS header */
}

void flip_signature(struct file *f, size_t number)
{
	(void)number;
	f->data[table_offset(f) + 8 + signature_size(f) - 100] ^= 1; /* the signature comes last */
}

void not_image(struct file *f, size_t number)
{
	(void)number;
	memcpy(f->data + 56, "NONE", 4);
}

void hide(struct file *f, size_t number)
{
	size_t size = signature_size(f);
	uint8_t *der = malloc(size);

	if (!der)
		die("out of memory");
	memcpy(der, f->data + table_offset(f) + 8, size);
	set_signature(f, der, size, number);
	free(der);
}

void second_certificate(struct file *f, size_t number)
{
	size_t table = table_offset(f), size = f->size - table;

	(void)number;
	resize(f, f->size + size);
	memcpy(f->data + table + size, f->data + table, size);
	put32(directory_entry(f) + 4, 2 * size);
}

void second_x509(struct file *f, size_t number)
{
	PKCS7 *p7 = get_pkcs7(f);
	STACK_OF(X509) *certificates = p7->d.sign->cert;

	(void)number;
	sk_X509_push(certificates, X509_dup(sk_X509_value(certificates, 0)));
	set_pkcs7(f, p7);
}

void second_signer(struct file *f, size_t number)
{
	PKCS7 *p7 = get_pkcs7(f);
	STACK_OF(PKCS7_SIGNER_INFO) *signers = p7->d.sign->signer_info;

	(void)number;
	sk_PKCS7_SIGNER_INFO_push(signers, ASN1_item_dup(ASN1_ITEM_rptr(PKCS7_SIGNER_INFO),
						   sk_PKCS7_SIGNER_INFO_value(signers, 0)));
	set_pkcs7(f, p7);
}

void unsigned_attribute(struct file *f, size_t number)
{
	PKCS7 *p7 = get_pkcs7(f);
	PKCS7_SIGNER_INFO *signer = sk_PKCS7_SIGNER_INFO_value(p7->d.sign->signer_info, 0);
	ASN1_UTF8STRING *text = ASN1_UTF8STRING_new();

	(void)number;
	ASN1_STRING_set(text, "unsigned", -1);
	if (!PKCS7_add_attribute(signer, NID_friendlyName, V_ASN1_UTF8STRING, text))
		die("libcrypto cannot add an attribute");
	set_pkcs7(f, p7);
}

void strip(struct file *f, size_t number)
{
	(void)number;
	resize(f, table_offset(f));
	memset(directory_entry(f), 0, 8);
}

void set_version(struct file *f, size_t number)
{
	put32(optional_header(f) + 40, (number >> 16 & 0xffff) | (number & 0xffff) << 16);
}
