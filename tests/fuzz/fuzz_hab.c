// SPDX-License-Identifier: Apache-2.0
// Fuzz target: the software boot ROM. Fuses are made to fit the SRK table in the input, and where the
// input says so, signatures count as good: nothing else would ever get behind the first one.
//
//     flags | load address, 4 bytes | IVT offset, 4 bytes | the file from its IVT on, behind a kernel, or from its start

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "hab-check.h"
#include "hab-parse.h"
#include "hab-signature.h"
#include "hab.h"

#define HEADER_SIZE 9
#define FLAG_TRUST 1      /* signatures are good */
#define FLAG_ADDRESS 2    /* the load address is the input's, and not the one that the file claims */
#define FLAG_OFFSET 4     /* the IVT offset is told */
#define FLAG_BARE 8       /* nothing in front of the input */
#define FLAG_TWO_PADS 16  /* 24576 bytes in front of it, and not 12288 */
#define FLAG_OTHER_FUSES 32

static bool trust;

enum hab_reason __real_hab_check_signature(const struct der *structure, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE]);
enum hab_reason __wrap_hab_check_signature(const struct der *structure, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE]);
enum hab_reason __real_hab_check_certificate(const struct der *structure, const struct hab_role *role,
	EVP_PKEY *srk, X509 **ret, char detail[static HAB_DETAIL_SIZE]);
enum hab_reason __wrap_hab_check_certificate(const struct der *structure, const struct hab_role *role,
	EVP_PKEY *srk, X509 **ret, char detail[static HAB_DETAIL_SIZE]);

/* The linker puts these in the place of the real ones (--wrap). */
enum hab_reason __wrap_hab_check_signature(const struct der *structure, const struct hab_role *role,
	struct signed_data *ret, char detail[static HAB_DETAIL_SIZE])
{
	enum hab_reason reason = __real_hab_check_signature(structure, role, ret, detail);

	return trust ? HAB_ACCEPTED : reason;
}

enum hab_reason __wrap_hab_check_certificate(const struct der *structure, const struct hab_role *role,
	EVP_PKEY *srk, X509 **ret, char detail[static HAB_DETAIL_SIZE])
{
	enum hab_reason reason = __real_hab_check_certificate(structure, role, srk, ret, detail);
	const uint8_t *at = structure->data + HAB_HEADER_SIZE;

	if (trust && reason == HAB_CERTIFICATE_CHAIN) {
		*ret = d2i_X509(NULL, &at, (long)(structure->size - HAB_HEADER_SIZE));
		return *ret ? HAB_ACCEPTED : reason;
	}
	return reason;
}

/* The fuses of the first SRK table that a command refers to; otherwise some. */
static void find_fuses(const struct hab_query *query, uint8_t fuses[static SRK_FUSES_SIZE])
{
	char detail[HAB_DETAIL_SIZE];
	struct hab_commands commands;
	struct srk_table table;
	struct hab_ivt ivt;
	struct der in;
	uint32_t address;
	size_t offset, at;

	memset(fuses, 1, SRK_FUSES_SIZE);
	if (!hab_claimed_load_address(query->data, query->size, &address, &offset) ||
		!hab_read_ivt(query->data, query->size, offset, &ivt))
		return;
	at = ivt.csf - address;
	if (at >= query->size)
		return;
	hab_read_commands(query->data + at, query->size - at, &commands, detail);
	for (size_t i = 0; i < commands.count; i++) {
		if (hab_read_structure(query->data + at, query->size - at, commands.list[i].place,
			    HAB_TAG_KEY_TABLE, &in) &&
			!srk_table_parse(in.data, in.size, &table)) {
			srk_fuses(&table, fuses);
			return;
		}
	}
}

/* What must be so for an accepted file, however it came to be. */
static void check_facts(const struct hab_query *query, const struct hab_facts *facts)
{
	if (facts->slot > 3 || facts->block_count > HAB_BLOCKS_MAX ||
		facts->unlock_count > HAB_UNLOCKS_MAX || !facts->block_count)
		abort();
	if (!range_within(facts->ivt_offset, HAB_IVT_SIZE, query->size) ||
		facts->csf_offset >= query->size || facts->csf_offset % 4)
		abort();
	for (size_t i = 0; i < facts->block_count; i++)
		if (!range_within(facts->blocks[i].start - query->load_address, facts->blocks[i].size,
			    query->size))
			abort();
	if (query->mode == HAB_STRICT && facts->ivt_offset % HAB_PAD)
		abort();
}

static enum hab_reason ask(struct hab_query *query, enum hab_mode mode)
{
	struct hab_facts facts;
	enum hab_reason reason;

	query->mode = mode;
	reason = hab_check(query, &facts);
	if (!memchr(facts.detail, 0, sizeof(facts.detail)) || (reason && !facts.detail[0]))
		abort();
	if (!reason)
		check_facts(query, &facts);
	return reason;
}

static void check(const struct hab_query *input, uint8_t flags, size_t offset)
{
	struct hab_query query = *input;
	uint8_t fuses[SRK_FUSES_SIZE];
	size_t claimed;
	uint32_t address;

	find_fuses(&query, fuses);
	fuses[0] ^= !!(flags & FLAG_OTHER_FUSES);
	query.fuses = fuses;
	query.fuses_size = sizeof(fuses);
	query.ivt_offset = flags & FLAG_OFFSET ? &offset : NULL;
	if (!(flags & FLAG_ADDRESS) &&
		hab_claimed_load_address(query.data, query.size, &address, &claimed))
		query.load_address = address;
	trust = flags & FLAG_TRUST;
	if (!ask(&query, HAB_STRICT) && ask(&query, HAB_ROM))
		abort(); /* strict is never the milder one */
	ask(&query, HAB_ROM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hab_query query = { .revoked = 0 };
	uint8_t flags, *file;
	size_t front;

	if (size < HEADER_SIZE)
		return 0;
	flags = data[0];
	front = flags & FLAG_BARE ? 0 : flags & FLAG_TWO_PADS ? 2 * HAB_PAD : HAB_PAD;
	query.load_address = get_le32(data + 1);
	query.size = front + size - HEADER_SIZE;
	file = calloc(1, query.size + 1);
	if (!file)
		abort();
	if (front) {
		file[18] = 1; /* a kernel that takes 64 KiB */
		memcpy(file + 56, "ARM\x64", 4);
	}
	memcpy(file + front, data + HEADER_SIZE, size - HEADER_SIZE);
	query.data = file;
	check(&query, flags, get_le32(data + 5));
	free(file);
	return 0;
}
