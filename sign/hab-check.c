// SPDX-License-Identifier: Apache-2.0
// The boot ROM in software; see hab-check.h. Here: fuses, addresses, the IVT, what must be signed. The
// commands are in hab-run.c, keys and signatures in hab-signature.c, strict mode in hab-strict.c.

#include <string.h>

#include "bytes.h"
#include "hab-rom.h"
#include "hab.h"

#define ADDRESSES (UINT64_C(1) << 32) /* the IVT's words reach no further */

static enum hab_reason check_address(const struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;

	if ((query->load_address < HAB_DRAM_START) != (query->loader == HAB_BY_ROM) ||
		query->load_address % 4)
		return rom_reject(rom, HAB_LOAD_ADDRESS,
			"0x%x is not %s DRAM, which begins at 0x%x, or not a multiple of 4",
			query->load_address, query->loader == HAB_BY_ROM ? "in front of" : "in",
			HAB_DRAM_START);
	if (query->size > ADDRESSES - query->load_address)
		return rom_reject(rom, HAB_LOAD_ADDRESS,
			"from 0x%x on, the file's %zu bytes reach beyond 4 GiB", query->load_address,
			query->size);
	return HAB_ACCEPTED;
}

static enum hab_reason check_query(const struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;
	uint8_t bits = 0;

	if (query->any_fuses)
		return check_address(rom);
	if (query->fuses_size != SRK_FUSES_SIZE)
		return rom_reject(rom, HAB_FUSES_SIZE, "it has %zu bytes", query->fuses_size);
	for (size_t i = 0; i < query->fuses_size; i++)
		bits |= query->fuses[i];
	if (!bits)
		return rom_reject(rom, HAB_FUSES_ZERO, "32 bytes of zero");
	return check_address(rom);
}

/* The IVT at this offset says that it lies elsewhere: what that means. */
static enum hab_reason reject_self(const struct hab_rom *rom, size_t offset,
	const struct hab_ivt *ivt)
{
	uint32_t here = rom->query->load_address + (uint32_t)offset;

	if (ivt->self - (uint32_t)offset == ivt->entry)
		return rom_reject(rom, HAB_LOAD_ADDRESS, "it is signed for 0x%x, not for 0x%x",
			ivt->entry, rom->query->load_address);
	return rom_reject(rom, HAB_IVT_SELF, "0x%x, where it would be at 0x%x", ivt->self, here);
}

static enum hab_reason take_ivt(struct hab_rom *rom, size_t offset)
{
	if (offset % 4 || !hab_read_ivt(rom->query->data, rom->query->size, offset, &rom->ivt))
		return rom_reject(rom, HAB_IVT_MISSING, "none at %zu, with %zu bytes in the file", offset,
			rom->query->size);
	rom->facts->ivt_offset = offset;
	if (rom->ivt.self - rom->query->load_address != offset)
		return reject_self(rom, offset, &rom->ivt);
	return HAB_ACCEPTED;
}

/* The one that says that it lies where it does; of several that do not, the first is told of. */
static enum hab_reason search_ivt(struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;
	size_t found = 0, wrong = 0;

	for (size_t at = HAB_PAD; range_within(at, HAB_IVT_SIZE, query->size); at += HAB_PAD) {
		struct hab_ivt ivt;

		if (!hab_read_ivt(query->data, query->size, at, &ivt))
			continue;
		if (ivt.self - query->load_address != at) {
			wrong = wrong ? wrong : at;
			continue;
		}
		if (found)
			return rom_reject(rom, HAB_IVT_AMBIGUOUS, "at %zu and at %zu", found, at);
		found = at;
	}
	if (!found && !wrong)
		return rom_reject(rom, HAB_IVT_MISSING, "none at any multiple of %u in %zu bytes", HAB_PAD,
			query->size);
	return take_ivt(rom, found ? found : wrong);
}

/* In front of the IVT; the ROM's own image has it in front. */
static bool is_entry(const struct hab_rom *rom)
{
	const struct hab_ivt *ivt = &rom->ivt;

	if (rom->query->loader == HAB_BY_ROM)
		return ivt->entry >= ivt->self + HAB_FIRST_HEADER_SIZE && ivt->entry < ivt->csf;
	return ivt->entry >= rom->query->load_address && ivt->entry < ivt->self;
}

static enum hab_reason check_ivt(struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;
	const struct hab_ivt *ivt = &rom->ivt;
	size_t csf = ivt->csf - query->load_address;

	if (ivt->dcd)
		return rom_reject(rom, HAB_IVT_DCD, "at 0x%x", ivt->dcd);
	if (ivt->boot_data != (query->loader == HAB_BY_ROM ? ivt->self + HAB_IVT_SIZE : 0))
		return rom_reject(rom, HAB_IVT_BOOT_DATA, "at 0x%x", ivt->boot_data);
	if (ivt->reserved1 || ivt->reserved2)
		return rom_reject(rom, HAB_IVT_RESERVED, "0x%x, 0x%x", ivt->reserved1, ivt->reserved2);
	if (!is_entry(rom))
		return rom_reject(rom, HAB_IVT_ENTRY, "0x%x, the image is loaded to 0x%x, its IVT to 0x%x",
			ivt->entry, query->load_address, ivt->self);
	if (ivt->csf < query->load_address || ivt->csf % 4 || csf >= query->size)
		return rom_reject(rom, csf == query->size ? HAB_CSF_TRUNCATED : HAB_CSF_PLACE,
			"at 0x%x; the file lies from 0x%x on and has %zu bytes", ivt->csf,
			query->load_address, query->size);
	rom->facts->csf_offset = csf;
	rom->csf = query->data + csf;
	rom->csf_size = query->size - csf < HAB_CSF_MAX ? query->size - csf : HAB_CSF_MAX;
	return HAB_ACCEPTED;
}

/* Where the signed bytes that begin at this address or before it end. */
static uint64_t signed_until(const struct hab_facts *facts, uint64_t address)
{
	for (size_t i = 0; i < facts->block_count; i++) {
		const struct hab_block *block = &facts->blocks[i];
		uint64_t end = (uint64_t)block->start + block->size;

		if (block->start <= address && address < end)
			return end;
	}
	return address;
}

static enum hab_reason check_signed(const struct hab_rom *rom, uint64_t at, uint64_t end)
{
	while (at < end) {
		uint64_t next = signed_until(rom->facts, at);

		if (next == at)
			return rom_reject(rom, HAB_UNCOVERED, "the bytes from 0x%llx on, up to 0x%llx",
				(unsigned long long)at, (unsigned long long)end);
		at = next;
	}
	return HAB_ACCEPTED;
}

/* A ROM is content when IVT and entry are signed. What else is loaded is code as well. */
static enum hab_reason check_coverage(const struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;
	uint64_t end = query->loader == HAB_BY_ROM ? rom->ivt.csf : (uint64_t)rom->ivt.self + HAB_IVT_SIZE;
	enum hab_reason reason = check_signed(rom, query->load_address, end);

	for (size_t i = 0; !reason && i < query->region_count; i++) {
		const struct hab_region *region = &query->regions[i];

		reason = check_signed(rom, region->start, (uint64_t)region->start + region->size);
	}
	return reason;
}

/* Without one it is as good; what other tools signed has none. */
static enum hab_reason take_label(struct hab_rom *rom)
{
	struct hab_facts *facts = rom->facts;

	facts->has_label = hab_label_read(rom->query->data, facts->ivt_offset, &facts->label);
	if (rom->query->mode == HAB_STRICT && !facts->has_label &&
		hab_has_label(rom->query->data, facts->ivt_offset))
		return rom_reject(rom, HAB_LABEL, "in the %u bytes in front of the IVT", HAB_LABEL_SIZE);
	return HAB_ACCEPTED;
}

static enum hab_reason run(struct hab_rom *rom)
{
	const struct hab_query *query = rom->query;
	enum hab_reason reason = check_query(rom);

	if (!reason)
		reason = query->ivt_offset ? take_ivt(rom, *query->ivt_offset) : search_ivt(rom);
	if (!reason)
		reason = check_ivt(rom);
	if (!reason)
		reason = hab_read_commands(rom->csf, rom->csf_size, &rom->commands, rom->facts->detail);
	if (!reason)
		reason = hab_run_commands(rom);
	if (!reason)
		reason = check_coverage(rom);
	if (!reason)
		reason = take_label(rom);
	if (!reason && query->mode == HAB_STRICT)
		reason = hab_check_strict(rom);
	return reason;
}

enum hab_reason hab_check(const struct hab_query *query, struct hab_facts *ret)
{
	struct hab_rom rom = { .query = query, .facts = ret };
	enum hab_reason reason;

	*ret = (struct hab_facts){ .csf_time = -1, .image_time = -1 };
	reason = run(&rom);
	for (size_t i = 0; i < HAB_KEYS; i++)
		X509_free(rom.keys[i]);
	EVP_PKEY_free(rom.srk);
	return reason;
}

bool hab_claimed_load_address(const uint8_t *data, size_t size, uint32_t *ret_address,
	size_t *ret_ivt_offset)
{
	size_t found = 0;

	for (size_t at = HAB_PAD; range_within(at, HAB_IVT_SIZE, size); at += HAB_PAD) {
		struct hab_ivt ivt;

		if (!hab_read_ivt(data, size, at, &ivt) || ivt.self - ivt.entry != at)
			continue;
		if (found)
			return false;
		found = at;
		*ret_address = ivt.entry;
	}
	*ret_ivt_offset = found;
	return found != 0;
}
