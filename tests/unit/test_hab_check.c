// SPDX-License-Identifier: Apache-2.0
// The software boot ROM: what it accepts, and every attack by its own reason (hab-attack-*.c).

#include "hab-check.h"

#include <stdlib.h>
#include <string.h>

#include "hab-attack.h"
#include "test.h"

#define SEED_START (2u * MKHAB_PAD) /* where the IVT is */

static struct mkhab_keys keys, others;
static uint8_t payload[ATTACK_PAYLOAD_SIZE];
static bool seen[HAB_REASON_COUNT];

static void start(struct attempt *a)
{
	*a = (struct attempt){ .keys = &keys, .others = &others };
	memcpy(a->payload, payload, sizeof(payload));
	mkhab_init(&a->m, &keys, 0, a->payload, sizeof(a->payload));
	memcpy(a->fuses, keys.fuses, sizeof(keys.fuses));
	a->query = (struct hab_query){ .fuses = a->fuses, .fuses_size = 32, .load_address = MKHAB_LOAD };
}

static void write_file(struct attempt *a)
{
	a->file = mkhab_write(&a->m, &a->size);
}

static void end(struct attempt *a)
{
	mkhab_pair_free(&a->pair);
	free(a->file);
}

static enum hab_reason ask(struct attempt *a, enum hab_mode mode)
{
	struct hab_facts facts;
	enum hab_reason reason;

	a->query.data = a->file;
	a->query.size = a->size;
	a->query.mode = mode;
	reason = hab_check(&a->query, &facts);
	seen[reason] = true;
	return reason && !facts.detail[0] ? HAB_SYSTEM : reason; /* a reason has its object */
}

/* Says so when the reasons are not the ones in the table. */
static bool fails_as_it_should(const struct attack *attack)
{
	static struct attempt a;
	enum hab_reason strict, rom;

	start(&a);
	if (attack->before)
		attack->before(&a);
	write_file(&a);
	if (attack->after)
		attack->after(&a);
	a.file = realloc(a.file, a.size + !a.size); /* the sanitizer sees a read beyond the end */
	strict = ask(&a, HAB_STRICT);
	rom = ask(&a, HAB_ROM);
	end(&a);
	if (strict == attack->strict && rom == attack->rom)
		return true;
	printf("# %s: %s, not %s; --rom: %s, not %s\n", attack->name, hab_reason_name(strict),
		hab_reason_name(attack->strict), hab_reason_name(rom), hab_reason_name(attack->rom));
	return false;
}

/* The attack's file as fuzz_hab takes it, with signatures to be taken for good. */
static void write_seed(const struct attack *attack, const char *directory)
{
	static const uint8_t header[9] = { 1 | 16 };
	static unsigned int number;
	static struct attempt a;
	char name[4096];
	FILE *file;

	start(&a);
	if (attack->before)
		attack->before(&a);
	write_file(&a);
	snprintf(name, sizeof(name), "%s/%u", directory, number++);
	file = fopen(name, "w");
	if (file && a.size > SEED_START) {
		fwrite(header, sizeof(header), 1, file);
		fwrite(a.file + SEED_START, a.size - SEED_START, 1, file);
	}
	if (file)
		fclose(file);
	end(&a);
}

static void write_seeds(const char *directory)
{
	const struct attack *const tables[] = { layout_attacks, command_attacks, key_attacks };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct attack *attack = tables[i]; attack->name; attack++)
			write_seed(attack, directory);
}

static void try_all(const struct attack *attack, const char *what)
{
	size_t count = 0, good = 0;

	for (; attack->name; attack++, count++)
		good += fails_as_it_should(attack);
	printf("# %s: %zu of %zu images\n", what, good, count);
	test_assert(count && good == count);
}

static void attacks_on_the_layout(void)
{
	try_all(layout_attacks, "layout");
}

static void attacks_on_commands(void)
{
	try_all(command_attacks, "commands");
}

static void attacks_on_keys(void)
{
	try_all(key_attacks, "keys");
}

static void every_reason_was_given(void)
{
	for (int i = HAB_SYSTEM + 1; i <= HAB_PAYLOAD; i++) { // the others are artifact.c's
		test_case = hab_reason_name((enum hab_reason)i);
		test_assert(seen[i]);
	}
}

static void slots_are_told(void)
{
	for (unsigned int slot = 0; slot < 2; slot++) {
		struct mkhab m;
		struct hab_facts facts;
		struct hab_query query = { .fuses = keys.fuses, .fuses_size = 32,
			.load_address = MKHAB_LOAD, .revoked = 15 & ~(1u << slot) };
		uint8_t *file;
		enum hab_reason reason;

		mkhab_init(&m, &keys, slot, payload, ATTACK_PAYLOAD_SIZE);
		file = mkhab_write(&m, &query.size);
		query.data = file;
		reason = hab_check(&query, &facts);
		free(file);
		test_assert(reason == HAB_ACCEPTED && facts.slot == slot);
		test_assert(facts.ivt_offset == 24576 && facts.csf_offset == 24608);
		test_assert(facts.block_count == 1 && facts.blocks[0].start == MKHAB_LOAD &&
			facts.blocks[0].size == 24608);
		test_assert(facts.unlock_count == 2 && facts.unlocks[0].engine == HAB_ENGINE_CAAM &&
			facts.unlocks[1].features == 2);
		test_assert(facts.csf_time == MKHAB_TIME && facts.image_time == MKHAB_TIME);
		test_assert(facts.srk_table.size == keys.table_size);
	}
}

/* Wherever a file is cut, it is refused. */
static void cut_anywhere(void)
{
	static struct attempt a;
	struct hab_facts facts;
	size_t whole, kept;
	bool accepted = false;

	start(&a);
	write_file(&a);
	whole = a.size;
	for (kept = 0; kept < whole; kept += kept + 997 < a.m.ivt_offset ? 997 : 1) {
		uint8_t *file = malloc(kept + !kept);

		memcpy(file, a.file, kept);
		a.query.data = file;
		a.query.size = kept;
		accepted = !hab_check(&a.query, &facts);
		free(file);
		if (accepted)
			break;
	}
	end(&a);
	test_assert(!accepted && kept == whole);
}

static void load_address_is_claimed(void)
{
	static struct attempt a;
	uint32_t address = 0;
	size_t offset = 0;

	start(&a);
	write_file(&a);
	test_assert(hab_claimed_load_address(a.file, a.size, &address, &offset));
	test_assert(address == MKHAB_LOAD && offset == 24576);
	test_assert(!hab_claimed_load_address(a.file, 24576, &address, &offset));
	end(&a);
	start(&a);
	memcpy(a.payload + 12288, a.m.ivt, 32);
	memcpy(a.payload + 12288 + 20, "\x00\x30\x48\x40", 4); /* MKHAB_LOAD + 12288 */
	write_file(&a);
	test_assert(!hab_claimed_load_address(a.file, a.size, &address, &offset));
	end(&a);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * i >> 5 ^ i);
	mkhab_image(payload, 1 << 20);
	mkhab_keys_make(&keys, 2048, 3);
	mkhab_keys_make(&others, 2048, 1);
	if (argc == 2)
		write_seeds(argv[1]); /* for the fuzz targets */
	test_run(slots_are_told);
	test_run(attacks_on_the_layout);
	test_run(attacks_on_commands);
	test_run(attacks_on_keys);
	test_run(every_reason_was_given);
	test_run(cut_anywhere);
	test_run(load_address_is_claimed);
	mkhab_keys_free(&keys);
	mkhab_keys_free(&others);
	return test_result();
}
