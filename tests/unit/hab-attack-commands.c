// SPDX-License-Identifier: Apache-2.0
// Attacks with the commands: Unlock, blocks, order, kinds, fields.

#include "hab-attack.h"

/* Unlock */
static void no_unlock_caam(struct attempt *a) { mkhab_remove(&a->m, MKHAB_UNLOCK_CAAM); }
static void no_unlock_ocotp(struct attempt *a) { mkhab_remove(&a->m, MKHAB_UNLOCK_OCOTP); }
static void unlock_half(struct attempt *a) { attack_command(a, MKHAB_UNLOCK_CAAM)->bytes[7] = 1; }
static void unlock_more(struct attempt *a) { attack_command(a, MKHAB_UNLOCK_CAAM)->bytes[7] = 7; }

static void unlock_twice(struct attempt *a)
{
	mkhab_insert(&a->m, 4, (const uint8_t[]){ 0xb2, 0, 8, 0x1d, 0, 0, 0, 3 }, 8);
}

static void unlock_jtag(struct attempt *a)
{
	mkhab_insert(&a->m, 5, (const uint8_t[]){ 0xb2, 0, 16, 0x21, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8 }, 16);
}

static void unlock_snvs(struct attempt *a)
{
	mkhab_insert(&a->m, 5, (const uint8_t[]){ 0xb2, 0, 8, 0x1e, 0, 0, 0, 1 }, 8);
}

/* Blocks */
static void block_short(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 16, (uint32_t)a->m.csf_offset - 4);
}

static void block_late(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 12, MKHAB_LOAD + 4);
	mkhab_word(attack_image_command(a) + 16, (uint32_t)a->m.csf_offset - 4);
}

static void block_without_ivt(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 16, (uint32_t)a->m.ivt_offset);
}

static void block_ivt_alone(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 12, MKHAB_LOAD + (uint32_t)a->m.ivt_offset);
	mkhab_word(attack_image_command(a) + 16, 32);
}

static void block_empty(struct attempt *a) { mkhab_word(attack_image_command(a) + 16, 0); }

static void block_below(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 12, MKHAB_LOAD - 4);
}

static void block_long(struct attempt *a) { mkhab_word(attack_image_command(a) + 16, 0x100000); }

static void block_around(struct attempt *a)
{
	mkhab_word(attack_image_command(a) + 16, 0xffffffff);
}

static void set_blocks(struct attempt *a, size_t count, size_t gap)
{
	struct mkhab_command *c = attack_command(a, MKHAB_AUTHENTICATE_IMAGE);
	uint32_t each = (uint32_t)(a->m.csf_offset / count & ~(size_t)3), at = 0;

	c->size = 12 + 8 * count;
	c->bytes[2] = (uint8_t)c->size;
	for (size_t i = 0; i < count; i++, at += each) {
		uint32_t size = i == count - 1 ? (uint32_t)a->m.csf_offset - at : each - (uint32_t)gap;

		mkhab_word(c->bytes + 12 + 8 * i, MKHAB_LOAD + at);
		mkhab_word(c->bytes + 16 + 8 * i, size);
	}
}

static void two_blocks(struct attempt *a) { set_blocks(a, 2, 0); }
static void eight_blocks(struct attempt *a) { set_blocks(a, 8, 0); }
static void nine_blocks(struct attempt *a) { set_blocks(a, 9, 0); }
static void gap_in_blocks(struct attempt *a) { set_blocks(a, 2, 4); }

static void no_blocks(struct attempt *a)
{
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->size = 12;
	attack_image_command(a)[2] = 12;
}

/* A second signature, by a second image key, over the second half. */
static void two_signatures(struct attempt *a)
{
	uint32_t half = 0x3000, rest = (uint32_t)a->m.csf_offset - half;
	struct mkhab_command *install, *second;

	mkhab_word(attack_image_command(a) + 16, half);
	install = mkhab_insert(&a->m, a->m.count, attack_command(a, MKHAB_IMGK)->bytes, 12);
	install->bytes[7] = 3;
	install->part = MKHAB_CERTIFICATE;
	install->place = 5;
	a->pair = mkhab_pair_make("second", a->others->image[0].key, &a->keys->srk[0], "CA:FALSE");
	install->signer = a->pair;
	second = mkhab_insert(&a->m, a->m.count, attack_image_command(a), 20);
	second->bytes[4] = 3;
	second->part = MKHAB_SIGNS_BLOCKS;
	second->place = 6;
	second->signer = a->pair;
	mkhab_word(second->bytes + 12, MKHAB_LOAD + half);
	mkhab_word(second->bytes + 16, rest);
}

/* The first half alone is signed. */
static void half_signed(struct attempt *a)
{
	two_signatures(a);
	mkhab_remove(&a->m, a->m.count - 1);
}

/* Order and kind of commands */
static void move_command(struct attempt *a, size_t from, size_t to)
{
	struct mkhab_command c = *attack_command(a, from);

	mkhab_remove(&a->m, from);
	*mkhab_insert(&a->m, to, c.bytes, c.size) = c;
}

static void insert_words(struct attempt *a, size_t at, uint8_t tag, uint8_t size)
{
	mkhab_insert(&a->m, at, (const uint8_t[]){ tag, 0, size, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
		size);
}

static void unlock_early(struct attempt *a)
{
	move_command(a, MKHAB_UNLOCK_CAAM, MKHAB_AUTHENTICATE_CSF);
}

static void unlock_first(struct attempt *a) { move_command(a, MKHAB_UNLOCK_CAAM, 0); }

static void image_key_early(struct attempt *a)
{
	move_command(a, MKHAB_IMGK, MKHAB_AUTHENTICATE_CSF);
}

static void csf_key_first(struct attempt *a) { move_command(a, MKHAB_CSFK, 0); }
static void image_early(struct attempt *a) { move_command(a, MKHAB_AUTHENTICATE_IMAGE, 0); }
static void unlock_late(struct attempt *a) { move_command(a, MKHAB_UNLOCK_CAAM, a->m.count - 1); }
static void no_csf_signature(struct attempt *a) { a->m.count = 2; }
static void no_commands(struct attempt *a) { a->m.count = 0; }
static void no_image_signature(struct attempt *a) { a->m.count = MKHAB_IMGK; }
static void no_image_command(struct attempt *a) { a->m.count = MKHAB_AUTHENTICATE_IMAGE; }
static void write_data(struct attempt *a) { insert_words(a, 3, 0xcc, 12); }
static void check_data(struct attempt *a) { insert_words(a, 3, 0xcf, 12); }
static void set_mid(struct attempt *a) { insert_words(a, 3, 0xb1, 12); }
static void init(struct attempt *a) { insert_words(a, 3, 0xb4, 8); }
static void unknown_command(struct attempt *a) { insert_words(a, 3, 0x55, 8); }
static void nop(struct attempt *a) { insert_words(a, 0, 0xc0, 4); }
static void long_nop(struct attempt *a) { insert_words(a, 3, 0xc0, 8); }

static void no_length(struct attempt *a)
{
	insert_words(a, 3, 0xc0, 4);
	attack_command(a, 3)->bytes[2] = 0;
}

static void long_command(struct attempt *a)
{
	insert_words(a, a->m.count, 0xc0, 4);
	attack_command(a, a->m.count - 1)->bytes[2] = 8;
}

static void thirty_nops(struct attempt *a)
{
	for (int i = 0; i < 30; i++) insert_words(a, 3, 0xc0, 4);
}

/* Fields of commands */
static void slot_4(struct attempt *a) { attack_command(a, MKHAB_SRK)->bytes[6] = 4; }
static void slot_1(struct attempt *a) { attack_command(a, MKHAB_SRK)->bytes[6] = 1; }
static void srk_into_2(struct attempt *a) { attack_command(a, MKHAB_SRK)->bytes[7] = 2; }
static void srk_flagged(struct attempt *a) { attack_command(a, MKHAB_SRK)->bytes[3] = 1; }
static void image_flagged(struct attempt *a) { attack_image_command(a)[3] = 1; }
static void srk_by_sha1(struct attempt *a) { attack_command(a, MKHAB_SRK)->bytes[5] = 0x11; }
static void absolute(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[3] = 1; }
static void hash_present(struct attempt *a) { attack_command(a, MKHAB_CSFK)->bytes[3] = 0x82; }
static void wtls(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[4] = 0x0b; }
static void image_into_1(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[7] = 1; }
static void image_into_0(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[7] = 0; }
static void image_into_5(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[7] = 5; }
static void image_from_1(struct attempt *a) { attack_command(a, MKHAB_IMGK)->bytes[6] = 1; }

static void csf_by_key_0(struct attempt *a)
{
	attack_command(a, MKHAB_AUTHENTICATE_CSF)->bytes[4] = 0;
}

static void image_by_key_0(struct attempt *a) { attack_image_command(a)[4] = 0; }

static void image_by_key_1(struct attempt *a)
{
	attack_image_command(a)[4] = 1;
	attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->signer = a->keys->csf[0];
}

static void image_by_key_3(struct attempt *a) { attack_image_command(a)[4] = 3; }
static void image_by_key_9(struct attempt *a) { attack_image_command(a)[4] = 9; }

static void image_key_elsewhere(struct attempt *a)
{
	attack_image_command(a)[4] = 4;
	attack_command(a, MKHAB_IMGK)->bytes[7] = 4;
}

static void any_engine(struct attempt *a) { attack_image_command(a)[6] = 0; }
static void wrong_engine(struct attempt *a) { attack_image_command(a)[6] = 0x21; }
static void configured(struct attempt *a) { attack_image_command(a)[7] = 1; }
static void encrypted(struct attempt *a) { attack_image_command(a)[5] = 0xa3; }

static void csf_with_blocks(struct attempt *a)
{
	mkhab_insert(&a->m, 2, attack_image_command(a), 20);
	mkhab_remove(&a->m, 3);
	attack_command(a, 2)->bytes[4] = 1;
}

static void place_outside(struct attempt *a)
{
	attack_command(a, MKHAB_IMGK)->part = MKHAB_NOTHING;
	mkhab_word(attack_command(a, MKHAB_IMGK)->bytes + 8, 0xfffffffc);
}

static void place_odd(struct attempt *a)
{
	attack_command(a, MKHAB_IMGK)->part = MKHAB_NOTHING;
	mkhab_word(attack_command(a, MKHAB_IMGK)->bytes + 8, 101);
}

static void place_swapped(struct attempt *a)
{
	attack_command(a, MKHAB_CSFK)->place = 2;
	attack_command(a, MKHAB_IMGK)->place = 1;
}

const struct attack command_attacks[] = {
	{ "no Unlock CAAM", no_unlock_caam, NULL, STRICT_ONLY(HAB_UNLOCK_MISSING) },
	{ "no Unlock OCOTP", no_unlock_ocotp, NULL, STRICT_ONLY(HAB_UNLOCK_MISSING) },
	{ "Unlock CAAM without RNG", unlock_half, NULL, STRICT_ONLY(HAB_UNLOCK_MISSING) },
	{ "Unlock CAAM with more", unlock_more, NULL, STRICT_ONLY(HAB_UNLOCK_EXTRA) },
	{ "Unlock CAAM twice", unlock_twice, NULL, STRICT_ONLY(HAB_UNLOCK_EXTRA) },
	{ "Unlock OCOTP JTAG", unlock_jtag, NULL, STRICT_ONLY(HAB_UNLOCK_EXTRA) },
	{ "Unlock SNVS", unlock_snvs, NULL, STRICT_ONLY(HAB_UNLOCK_EXTRA) },

	{ "block ends early", block_short, NULL, BOTH(HAB_UNCOVERED) },
	{ "block starts late", block_late, NULL, BOTH(HAB_UNCOVERED) },
	{ "IVT not signed", block_without_ivt, NULL, BOTH(HAB_UNCOVERED) },
	{ "only the IVT signed", block_ivt_alone, NULL, BOTH(HAB_UNCOVERED) },
	{ "gap between blocks", gap_in_blocks, NULL, BOTH(HAB_UNCOVERED) },
	{ "half signed", half_signed, NULL, BOTH(HAB_UNCOVERED) },
	{ "no image signature", no_image_signature, NULL, BOTH(HAB_UNCOVERED) },
	{ "no image command", no_image_command, NULL, BOTH(HAB_UNCOVERED) },
	{ "empty block", block_empty, NULL, BOTH(HAB_BLOCK_OUTSIDE) },
	{ "block below the file", block_below, NULL, BOTH(HAB_BLOCK_OUTSIDE) },
	{ "block beyond the file", block_long, NULL, BOTH(HAB_BLOCK_OUTSIDE) },
	{ "block of 4 GiB", block_around, NULL, BOTH(HAB_BLOCK_OUTSIDE) },
	{ "two blocks", two_blocks, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "eight blocks", eight_blocks, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "nine blocks", nine_blocks, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "no blocks", no_blocks, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "two signatures", two_signatures, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },

	{ "Unlock before the CSF's signature", unlock_early, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "Unlock first", unlock_first, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "image key before the CSF's signature", image_key_early, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "CSF key first", csf_key_first, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "image before the CSF's signature", image_early, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "no CSF signature", no_csf_signature, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "no commands", no_commands, NULL, BOTH(HAB_COMMAND_ORDER) },
	{ "Unlock last", unlock_late, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "Write Data", write_data, NULL, BOTH(HAB_COMMAND_UNKNOWN) },
	{ "Check Data", check_data, NULL, BOTH(HAB_COMMAND_UNKNOWN) },
	{ "Set", set_mid, NULL, BOTH(HAB_COMMAND_UNKNOWN) },
	{ "Init", init, NULL, BOTH(HAB_COMMAND_UNKNOWN) },
	{ "unknown command", unknown_command, NULL, BOTH(HAB_COMMAND_UNKNOWN) },
	{ "NOP", nop, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "long NOP", long_nop, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "command without length", no_length, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "command longer than the CSF", long_command, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "37 commands", thirty_nops, NULL, BOTH(HAB_COMMAND_FORM) },

	{ "slot 4", slot_4, NULL, BOTH(HAB_KEY_INDEX) },
	{ "slot 1, keys of slot 0", slot_1, NULL, BOTH(HAB_CERTIFICATE_CHAIN) },
	{ "SRK as key 2", srk_into_2, NULL, BOTH(HAB_KEY_INDEX) },
	{ "SRK at an absolute address", srk_flagged, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "image signature at an absolute address", image_flagged, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "SRK by SHA-1", srk_by_sha1, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "absolute address", absolute, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "hash in Install Key", hash_present, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "another certificate format", wtls, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "image key over the CSF key", image_into_1, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image key over the SRK", image_into_0, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image key outside the store", image_into_5, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image key below the CSF key", image_from_1, NULL, BOTH(HAB_KEY_INDEX) },
	{ "CSF by key 0", csf_by_key_0, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image by key 0", image_by_key_0, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image by the CSF key", image_by_key_1, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image by no key", image_by_key_3, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image by a key outside the store", image_by_key_9, NULL, BOTH(HAB_KEY_INDEX) },
	{ "image key 4", image_key_elsewhere, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "any engine", any_engine, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ "engine that cannot hash", wrong_engine, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "engine configured", configured, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "encrypted image", encrypted, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "CSF signature with blocks", csf_with_blocks, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "key outside the CSF", place_outside, NULL, BOTH(HAB_CSF_TRUNCATED) },
	{ "key at an odd place", place_odd, NULL, BOTH(HAB_COMMAND_FORM) },
	{ "certificates swapped", place_swapped, NULL, STRICT_ONLY(HAB_NOT_CANONICAL) },
	{ NULL, NULL, NULL, GOOD },
};
