// SPDX-License-Identifier: Apache-2.0
// Attacks with what is asked, with the file as a whole, and with the IVT.

#include <stdlib.h>
#include <string.h>

#include "hab-attack.h"

static void put_ivt(struct attempt *a, size_t word, uint32_t value)
{
	for (size_t i = 0; i < 4; i++)
		a->m.ivt[4 * word + i] = (uint8_t)(value >> 8 * i);
}

/* What is asked */
static void other_fuses(struct attempt *a) { memcpy(a->fuses, a->others->fuses, 32); }
static void zero_fuses(struct attempt *a) { memset(a->fuses, 0, 32); }
static void no_fuses(struct attempt *a) { a->query.fuses_size = 0; }
static void short_fuses(struct attempt *a) { a->query.fuses_size = 31; }
static void long_fuses(struct attempt *a) { a->query.fuses_size = 128; }
static void revoked(struct attempt *a) { a->query.revoked = 1; }
static void others_revoked(struct attempt *a) { a->query.revoked = 6; }
static void other_address(struct attempt *a) { a->query.load_address += 0x1000; }
static void address_below_dram(struct attempt *a) { a->query.load_address = 0x10000000; }
static void address_at_the_end(struct attempt *a) { a->query.load_address = 0xfffff000; }
static void odd_address(struct attempt *a) { a->query.load_address++; }

static void other_offset(struct attempt *a)
{
	a->ivt_offset = 12288;
	a->query.ivt_offset = &a->ivt_offset;
}

static void odd_offset(struct attempt *a)
{
	a->ivt_offset = 24577;
	a->query.ivt_offset = &a->ivt_offset;
}

static void offset_zero(struct attempt *a)
{
	a->ivt_offset = 0;
	a->query.ivt_offset = &a->ivt_offset;
}

static void huge_offset(struct attempt *a)
{
	a->ivt_offset = SIZE_MAX - 3;
	a->query.ivt_offset = &a->ivt_offset;
}

static void right_offset(struct attempt *a)
{
	a->ivt_offset = a->m.ivt_offset;
	a->query.ivt_offset = &a->ivt_offset;
}

/* The file, afterwards */
static void cut_last(struct attempt *a) { a->size--; }
static void cut_signature(struct attempt *a) { a->size -= 64; }
static void cut_csf(struct attempt *a) { a->size = a->m.csf_offset; }
static void cut_commands(struct attempt *a) { a->size = a->m.csf_offset + 40; }
static void cut_ivt(struct attempt *a) { a->size = a->m.csf_offset - 1; }
static void empty_file(struct attempt *a) { a->size = 0; }
static void change_payload(struct attempt *a) { a->file[100] ^= 1; }
static void change_padding(struct attempt *a) { a->file[ATTACK_PAYLOAD_SIZE] ^= 1; }
static void change_slot(struct attempt *a) { a->file[a->m.csf_offset + 10] ^= 1; }

static void unlock_to_nop(struct attempt *a)
{
	memcpy(a->file + a->m.csf_offset + 40, "\xc0\0\4\0\xc0\0\4\0", 8);
}

static void change_table(struct attempt *a) { a->file[a->m.parts + 7] ^= 1; }
static void change_modulus(struct attempt *a) { a->file[a->m.parts + 40] ^= 1; }
static void csf_tag(struct attempt *a) { a->file[a->m.csf_offset] ^= 1; }

/* The IVT */
static void ivt_self(struct attempt *a) { put_ivt(a, 5, MKHAB_LOAD + 0x2000); }
static void ivt_dcd(struct attempt *a) { put_ivt(a, 3, MKHAB_LOAD + 0x100); }
static void ivt_boot_data(struct attempt *a) { put_ivt(a, 4, MKHAB_LOAD + 0x100); }
static void ivt_reserved(struct attempt *a) { put_ivt(a, 7, 1); }
static void ivt_first_reserved(struct attempt *a) { put_ivt(a, 2, 1); }
static void entry_zero(struct attempt *a) { put_ivt(a, 1, 0); }
static void entry_behind(struct attempt *a) { put_ivt(a, 1, MKHAB_LOAD + 0x10000); }
static void entry_within(struct attempt *a) { put_ivt(a, 1, MKHAB_LOAD + 0x1000); }
static void csf_outside(struct attempt *a) { put_ivt(a, 6, MKHAB_LOAD + 0x1000000); }
static void csf_before(struct attempt *a) { put_ivt(a, 6, MKHAB_LOAD - 0x100); }
static void ivt_version(struct attempt *a) { a->m.ivt[3] = 0x41; }

/* Layout */
static void move_csf(struct attempt *a)
{
	a->m.csf_offset += 64;
	put_ivt(a, 6, MKHAB_LOAD + (uint32_t)a->m.csf_offset);
}

static void not_padded(struct attempt *a)
{
	a->m.ivt_offset = 20480;
	a->m.csf_offset = 20480 + 32;
	put_ivt(a, 5, MKHAB_LOAD + 20480);
	put_ivt(a, 6, MKHAB_LOAD + 20480 + 32);
	mkhab_word(attack_image_command(a) + 16, 20480 + 32);
	right_offset(a);
}

/* Signed for this address. */
static void move_to(struct attempt *a, uint32_t address)
{
	a->m.load = address;
	a->query.load_address = address;
	put_ivt(a, 1, address);
	put_ivt(a, 5, address + (uint32_t)a->m.ivt_offset);
	put_ivt(a, 6, address + (uint32_t)a->m.csf_offset);
	mkhab_word(attack_image_command(a) + 12, address);
	mkhab_word(attack_image_command(a) + 16, (uint32_t)a->m.csf_offset);
}

static void move_to_any(struct attempt *a) { move_to(a, 0x7ffff000); }
static void move_below_dram(struct attempt *a) { move_to(a, 0x3fff8000); }
static void move_to_the_end(struct attempt *a) { move_to(a, 0xffffa000); }
static void move_to_odd(struct attempt *a) { move_to(a, MKHAB_LOAD + 2); }

/* The CSF is where it may be. */
static void odd_ivt(struct attempt *a)
{
	a->m.ivt_offset += 2;
	a->m.csf_offset += 4;
	move_to(a, MKHAB_LOAD);
	right_offset(a);
}

static void odd_csf(struct attempt *a)
{
	a->m.csf_offset += 2;
	put_ivt(a, 6, MKHAB_LOAD + (uint32_t)a->m.csf_offset);
}

/* A signer whose serial number is one byte longer, and the signature with it. */
static void padded_end(struct attempt *a)
{
	const struct mkhab_pair *issuer = &a->keys->srk[0];

	a->pair = mkhab_pair_make("own", a->others->csf[0].key, issuer, "CA:FALSE");
	ASN1_INTEGER_set(X509_get_serialNumber(a->pair.certificate), 0x100000);
	X509_sign(a->pair.certificate, issuer->key, EVP_sha256());
	attack_command(a, MKHAB_CSFK)->signer = a->pair;
	attack_command(a, MKHAB_AUTHENTICATE_CSF)->signer = a->pair;
}

static void trailing(struct attempt *a) { a->m.trailing = 4; }

static void second_ivt(struct attempt *a)
{
	memcpy(a->payload + 12288, a->m.ivt, 32);
	memcpy(a->payload + 12288 + 20, "\x00\x30\x48\x40", 4); /* MKHAB_LOAD + 12288 */
}

static void ivt_of_others(struct attempt *a)
{
	memcpy(a->payload + 12288, a->m.ivt, 32);
}

static void second_ivt_told(struct attempt *a)
{
	second_ivt(a);
	right_offset(a);
}

/* What is signed well, and is not what it seems. Zeros behind it are padding, up to 12287. */
static void device_tree(struct attempt *a, size_t size)
{
	memset(a->payload, 0, sizeof(a->payload));
	mkhab_dtb(a->payload, size, "soc");
}

static void good_device_tree(struct attempt *a) { device_tree(a, ATTACK_PAYLOAD_SIZE); }
static void padded_tree(struct attempt *a) { device_tree(a, MKHAB_PAD + 1); }
static void short_tree(struct attempt *a) { device_tree(a, MKHAB_PAD); }
static void fit(struct attempt *a) { mkhab_dtb(a->payload, sizeof(a->payload), "images"); }

static void junk_behind_tree(struct attempt *a)
{
	device_tree(a, ATTACK_PAYLOAD_SIZE - 4);
	a->payload[ATTACK_PAYLOAD_SIZE - 1] = 1;
}

static void long_tree(struct attempt *a)
{
	device_tree(a, ATTACK_PAYLOAD_SIZE);
	mkhab_word(a->payload + 4, 2 * MKHAB_PAD + 1);
}

static void no_payload(struct attempt *a) { a->payload[56] = 0; }
static void small_image(struct attempt *a) { mkhab_image(a->payload, ATTACK_PAYLOAD_SIZE - 1); }
static void exact_image(struct attempt *a) { mkhab_image(a->payload, ATTACK_PAYLOAD_SIZE); }
static void move_to_odd_page(struct attempt *a) { move_to(a, MKHAB_LOAD + 0x800); }

static void move_odd_tree(struct attempt *a)
{
	good_device_tree(a);
	move_to(a, MKHAB_LOAD + 4);
}

/* What it says of itself, written by hand. */
static void label(struct attempt *a)
{
	static const char text[64] = "bbLabel\1\7\0\0\0\0\0\0\0iot-gate-imx8";

	memcpy(a->m.label, text, sizeof(text));
}

static void label_on_tree(struct attempt *a)
{
	good_device_tree(a);
	label(a);
}

static void label_with_more(struct attempt *a)
{
	label(a);
	a->m.label[12] = 1;
}

static void label_without_end(struct attempt *a)
{
	label(a);
	memset(a->m.label + 16, 'x', 48);
}

static void label_with_two_ends(struct attempt *a)
{
	label(a);
	a->m.label[63] = 'x';
}

static void label_without_type(struct attempt *a)
{
	label(a);
	memset(a->m.label + 16, 0, 48);
}

static void label_of_two_words(struct attempt *a)
{
	label(a);
	a->m.label[19] = ' ';
}

static void label_of_later(struct attempt *a) /* some other bytes: behind a kernel nothing else may be */
{
	label(a);
	a->m.label[7] = 2;
}

static void change_label(struct attempt *a) { a->file[a->m.ivt_offset - 56] ^= 1; }

/* A good CSF, of another image of the same size or of another PKI. */
static void replace_csf(struct attempt *a, const struct mkhab_keys *by)
{
	static uint8_t foreign[ATTACK_PAYLOAD_SIZE];
	struct mkhab m;
	uint8_t *file;
	size_t size;

	mkhab_init(&m, by, 0, foreign, sizeof(foreign));
	file = mkhab_write(&m, &size);
	memcpy(a->file + m.csf_offset, file + m.csf_offset,
		(size < a->size ? size : a->size) - m.csf_offset);
	free(file);
}

static void replayed_csf(struct attempt *a) { replace_csf(a, a->keys); }
static void foreign_csf(struct attempt *a) { replace_csf(a, a->others); }

const struct attack layout_attacks[] = {
	{ "as it should be", NULL, NULL, GOOD },
	{ "fuses of another PKI", other_fuses, NULL, BOTH(HAB_SRK_HASH) },
	{ "fuses all zero", zero_fuses, NULL, BOTH(HAB_FUSES_ZERO) },
	{ "no fuses", no_fuses, NULL, BOTH(HAB_FUSES_SIZE) },
	{ "31 bytes of fuses", short_fuses, NULL, BOTH(HAB_FUSES_SIZE) },
	{ "128 bytes of fuses", long_fuses, NULL, BOTH(HAB_FUSES_SIZE) },
	{ "slot revoked", revoked, NULL, BOTH(HAB_SLOT_REVOKED) },
	{ "other slots revoked", others_revoked, NULL, GOOD },
	{ "other load address", other_address, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "load address below DRAM", address_below_dram, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "load address near 4 GiB", address_at_the_end, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "another address", move_to_any, NULL, GOOD },
	{ "signed for an address below DRAM", move_below_dram, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "signed for the end of 4 GiB", move_to_the_end, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "signed for an odd address", move_to_odd, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "odd IVT", odd_ivt, NULL, BOTH(HAB_IVT_MISSING) },
	{ "odd load address", odd_address, NULL, BOTH(HAB_LOAD_ADDRESS) },
	{ "other IVT offset", other_offset, NULL, BOTH(HAB_IVT_MISSING) },
	{ "odd IVT offset", odd_offset, NULL, BOTH(HAB_IVT_MISSING) },
	{ "IVT offset 0", offset_zero, NULL, BOTH(HAB_IVT_MISSING) },
	{ "huge IVT offset", huge_offset, NULL, BOTH(HAB_IVT_MISSING) },
	{ "right IVT offset", right_offset, NULL, GOOD },

	{ "last byte of padding cut", padded_end, cut_last, STRICT_ONLY(HAB_CSF_TRUNCATED) },
	{ "last signature cut", NULL, cut_signature, BOTH(HAB_CSF_TRUNCATED) },
	{ "CSF cut off", NULL, cut_csf, BOTH(HAB_CSF_TRUNCATED) },
	{ "commands cut", NULL, cut_commands, BOTH(HAB_CSF_TRUNCATED) },
	{ "IVT cut", NULL, cut_ivt, BOTH(HAB_IVT_MISSING) },
	{ "empty file", NULL, empty_file, BOTH(HAB_IVT_MISSING) },
	{ "payload changed", NULL, change_payload, BOTH(HAB_IMAGE_DIGEST) },
	{ "padding changed", NULL, change_padding, BOTH(HAB_IMAGE_DIGEST) },
	{ "slot changed", NULL, change_slot, BOTH(HAB_CERTIFICATE_CHAIN) },
	{ "Unlock changed to NOP", NULL, unlock_to_nop, BOTH(HAB_CSF_DIGEST) },
	{ "SRK table changed", NULL, change_table, BOTH(HAB_SRK_TABLE) },
	{ "SRK changed", NULL, change_modulus, BOTH(HAB_SRK_HASH) },
	{ "no CSF", NULL, csf_tag, BOTH(HAB_CSF_HEADER) },
	{ "CSF of another image", NULL, replayed_csf, BOTH(HAB_IMAGE_DIGEST) },
	{ "CSF of another PKI", NULL, foreign_csf, BOTH(HAB_SRK_HASH) },

	{ "IVT for another place", ivt_self, NULL, BOTH(HAB_IVT_SELF) },
	{ "DCD", ivt_dcd, NULL, BOTH(HAB_IVT_DCD) },
	{ "boot data", ivt_boot_data, NULL, BOTH(HAB_IVT_BOOT_DATA) },
	{ "reserved word", ivt_reserved, NULL, BOTH(HAB_IVT_RESERVED) },
	{ "first reserved word", ivt_first_reserved, NULL, BOTH(HAB_IVT_RESERVED) },
	{ "entry 0", entry_zero, NULL, BOTH(HAB_IVT_ENTRY) },
	{ "entry behind the image", entry_behind, NULL, BOTH(HAB_IVT_ENTRY) },
	{ "entry within the image", entry_within, NULL, STRICT_ONLY(HAB_IVT_ENTRY) },
	{ "CSF address behind the file", csf_outside, NULL, BOTH(HAB_CSF_PLACE) },
	{ "CSF address before the file", csf_before, NULL, BOTH(HAB_CSF_PLACE) },
	{ "IVT version", ivt_version, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "second IVT", second_ivt, NULL, BOTH(HAB_IVT_AMBIGUOUS) },
	{ "second IVT, and the offset told", second_ivt_told, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "second IVT, for another place", ivt_of_others, NULL, GOOD },

	{ "odd CSF", odd_csf, NULL, BOTH(HAB_CSF_PLACE) },
	{ "CSF away from the IVT", move_csf, NULL, STRICT_ONLY(HAB_CSF_PLACE) },
	{ "IVT at no multiple of 12288", not_padded, NULL, STRICT_ONLY(HAB_NOT_PADDED) },
	{ "trailing bytes", trailing, NULL, STRICT_ONLY(HAB_TRAILING) },
	{ "device tree", good_device_tree, NULL, GOOD },
	{ "device tree with the most padding", padded_tree, NULL, GOOD },
	{ "more padding than is needed", short_tree, NULL, GOOD },
	{ "label", label, NULL, GOOD },
	{ "label of a device tree", label_on_tree, NULL, GOOD },
	{ "label with more in it", label_with_more, NULL, STRICT_ONLY(HAB_LABEL) },
	{ "label whose device type does not end", label_without_end, NULL, STRICT_ONLY(HAB_LABEL) },
	{ "label whose device type ends twice", label_with_two_ends, NULL, STRICT_ONLY(HAB_LABEL) },
	{ "label without a device type", label_without_type, NULL, STRICT_ONLY(HAB_LABEL) },
	{ "label with two words", label_of_two_words, NULL, STRICT_ONLY(HAB_LABEL) },
	{ "label of another kind", label_of_later, NULL, GOOD },
	{ "label changed", label, change_label, BOTH(HAB_IMAGE_DIGEST) },
	{ "bytes behind the device tree", junk_behind_tree, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "device tree longer than the image", long_tree, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "device tree at no multiple of 8", move_odd_tree, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "FIT", fit, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "neither kernel nor device tree", no_payload, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "kernel as long as its header says", exact_image, NULL, GOOD },
	{ "kernel longer than its header says", small_image, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ "kernel at no multiple of 4096", move_to_odd_page, NULL, STRICT_ONLY(HAB_PAYLOAD) },
	{ NULL, NULL, NULL, GOOD },
};
