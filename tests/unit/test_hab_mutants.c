// SPDX-License-Identifier: Apache-2.0
// Single bits flipped in signed images: every bit of IVT and CSF, and a spread over payload and padding.
// Strict mode lets none pass. ROM mode lets pass what nothing signs and nothing hangs on: these bits are
// listed here, and none is in the payload, the IVT, the commands, a key, or what a signature covers.

#include <stdlib.h>
#include <string.h>

#include "hab-check.h"
#include "mkhab.h"
#include "test.h"

static uint8_t payload[9000];

struct specimen {
	struct mkhab m;
	uint8_t *file;
	size_t size;
	struct hab_query query;
	uint8_t *harmless; /* per byte of the file: the bits that ROM mode need not mind */
	size_t harmless_bits;
	size_t mutants, strict_survivors, rom_survivors, harmful;
};

/* Where in the file what a command refers to begins. */
static size_t part(const struct specimen *s, size_t number)
{
	const uint8_t *p = s->m.commands[number].bytes + 8;

	return s->m.csf_offset + ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
}

static void mark(struct specimen *s, size_t at, size_t count, uint8_t bits)
{
	memset(s->harmless + at, bits, count);
	s->harmless_bits += count * (size_t)__builtin_popcount(bits);
}

/* The version in the header, whose first digit counts, and what fills up to 4 bytes behind it. */
static void mark_structure(struct specimen *s, size_t number)
{
	size_t at = part(s, number), end = at + (size_t)(s->file[at + 1] << 8 | s->file[at + 2]);

	mark(s, at + 3, 1, 0x0f);
	mark(s, end, -end & 3, 0xff);
}

/*
 * SignedData's version, its list of digest algorithms, and the signer's version say again what the
 * signer's other fields say. Places as in openssl asn1parse, behind the header of 4 bytes.
 */
static void mark_signature(struct specimen *s, size_t number)
{
	size_t at = part(s, number) + 4;

	mark_structure(s, number);
	mark(s, at + 25, 1, 0xff);
	mark(s, at + 32, 9, 0xff);
	mark(s, at + 64, 1, 0xff);
}

static void mark_harmless(struct specimen *s)
{
	mark_structure(s, MKHAB_SRK);
	mark_structure(s, MKHAB_CSFK);
	mark_structure(s, MKHAB_IMGK);
	mark_signature(s, MKHAB_AUTHENTICATE_CSF);
	mark_signature(s, MKHAB_AUTHENTICATE_IMAGE);
}

static enum hab_reason ask(struct specimen *s, enum hab_mode mode)
{
	struct hab_facts facts;

	s->query.mode = mode;
	return hab_check(&s->query, &facts);
}

/* Strict mode begins with all that ROM mode does: only what it alone refuses is tried there too. */
static bool passes_rom(struct specimen *s, enum hab_reason strict)
{
	bool sampled = s->mutants % 16 == 0;

	return (!strict || strict == HAB_NOT_CANONICAL || sampled) && !ask(s, HAB_ROM);
}

static void flip(struct specimen *s, size_t at, unsigned int bit)
{
	uint8_t mask = (uint8_t)(1u << bit);
	enum hab_reason strict;

	s->file[at] ^= mask;
	s->mutants++;
	strict = ask(s, HAB_STRICT);
	if (!strict) {
		s->strict_survivors++;
		printf("# bit %u of byte %zu survives\n", bit, at);
	}
	if (passes_rom(s, strict)) {
		s->rom_survivors++;
		s->harmful += !(s->harmless[at] & mask);
		if (!(s->harmless[at] & mask))
			printf("# bit %u of byte %zu survives ROM mode\n", bit, at);
	}
	s->file[at] ^= mask;
}

static void make(struct specimen *s, const struct mkhab_keys *keys, unsigned int slot)
{
	uint8_t *roomy;

	*s = (struct specimen){ .mutants = 0 };
	mkhab_init(&s->m, keys, slot, payload, sizeof(payload));
	roomy = mkhab_write(&s->m, &s->size);
	s->file = malloc(s->size); /* the sanitizer sees a read beyond the end */
	s->harmless = calloc(1, s->size);
	memcpy(s->file, roomy, s->size);
	free(roomy);
	s->query = (struct hab_query){ .data = s->file, .size = s->size, .fuses = keys->fuses,
		.fuses_size = sizeof(keys->fuses), .load_address = MKHAB_LOAD };
	mark_harmless(s);
}

/* every: how many bits of a byte of IVT and CSF; of the rest, every 101st byte has one. */
static void sweep(int bits, unsigned int slot, unsigned int every)
{
	static struct specimen s;
	struct mkhab_keys keys;

	mkhab_keys_make(&keys, bits, 1u << slot);
	make(&s, &keys, slot);
	test_assert(!ask(&s, HAB_STRICT) && !ask(&s, HAB_ROM));
	for (size_t at = 0; at < s.m.ivt_offset; at += 101)
		flip(&s, at, at % 8);
	for (size_t at = s.m.ivt_offset; at < s.size; at++)
		for (unsigned int i = 0; i < every; i++)
			flip(&s, at, (unsigned int)(at + i) % 8);
	printf("# RSA-%d, slot %u: %zu mutants; %zu survive; %zu survive ROM mode, all but %zu among "
		"%zu harmless bits\n", bits, slot, s.mutants, s.strict_survivors, s.rom_survivors,
		s.harmful, s.harmless_bits);
	free(s.file);
	free(s.harmless);
	mkhab_keys_free(&keys);
	test_assert(s.strict_survivors == 0);
	test_assert(s.harmful == 0);
	test_assert(s.rom_survivors > 0 && s.rom_survivors <= s.harmless_bits);
}

static void every_bit_2048(void)
{
	sweep(2048, 1, 8);
}

static void one_bit_of_each_byte_3072(void)
{
	sweep(3072, 2, 1);
}

static void one_bit_of_each_byte_4096(void)
{
	sweep(4096, 3, 1);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * i >> 5 ^ i);
	mkhab_image(payload, 1 << 20);
	test_run(every_bit_2048);
	test_run(one_bit_of_each_byte_3072);
	test_run(one_bit_of_each_byte_4096);
	return test_result();
}
