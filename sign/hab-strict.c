// SPDX-License-Identifier: Apache-2.0
// Strict mode: the one form that a signed image of this project has. What differs in a way that has a
// name is told by that name; what is left differs from what hab_write() writes.

#include "hab-payload.h"
#include "hab-rom.h"
#include "hab.h"

static enum hab_reason check_layout(const struct hab_rom *rom)
{
	const struct hab_facts *facts = rom->facts;
	uint32_t load = rom->query->load_address;

	if (facts->ivt_offset % HAB_PAD)
		return rom_reject(rom, HAB_NOT_PADDED, "it is at %zu", facts->ivt_offset);
	if (rom->ivt.entry != load)
		return rom_reject(rom, HAB_IVT_ENTRY, "0x%x, the image starts at 0x%x", rom->ivt.entry,
			load);
	if (facts->csf_offset != facts->ivt_offset + HAB_IVT_SIZE)
		return rom_reject(rom, HAB_CSF_PLACE, "at %zu of the file, the IVT ends at %zu",
			facts->csf_offset, facts->ivt_offset + HAB_IVT_SIZE);
	return HAB_ACCEPTED;
}

static enum hab_reason check_unlock(const struct hab_rom *rom, uint8_t engine, uint32_t features,
	const char *name)
{
	const struct hab_facts *facts = rom->facts;
	uint32_t found = 0;

	for (size_t i = 0; i < facts->unlock_count; i++)
		if (facts->unlocks[i].engine == engine)
			found |= facts->unlocks[i].features;
	if (features & ~found)
		return rom_reject(rom, HAB_UNLOCK_MISSING, "%s features 0x%x", name, features & ~found);
	if (found & ~features)
		return rom_reject(rom, HAB_UNLOCK_EXTRA, "%s features 0x%x", name, found & ~features);
	return HAB_ACCEPTED;
}

static enum hab_reason check_unlocks(const struct hab_rom *rom)
{
	const struct hab_facts *facts = rom->facts;
	enum hab_reason reason = check_unlock(rom, HAB_ENGINE_CAAM, HAB_UNLOCK_CAAM, "CAAM");

	if (!reason)
		reason = check_unlock(rom, HAB_ENGINE_OCOTP, HAB_UNLOCK_OCOTP, "OCOTP");
	if (!reason && facts->unlock_count != 2) /* one twice, or one of another engine */
		reason = rom_reject(rom, HAB_UNLOCK_EXTRA, "%zu commands", facts->unlock_count);
	return reason;
}

/* One key, one purpose; and neither key can make itself a successor. */
static enum hab_reason check_signers(const struct hab_rom *rom)
{
	const X509 *csf = rom->csf_signature.certificate, *image = rom->image_signature.certificate;

	if (hab_is_authority(csf))
		return rom_reject(rom, HAB_CERTIFICATE_CA, "the CSF certificate");
	if (EVP_PKEY_eq(X509_get0_pubkey(csf), X509_get0_pubkey(image)) != 0)
		return rom_reject(rom, HAB_KEY_SHARED, "both certificates have the same key");
	return HAB_ACCEPTED;
}

/* A good signature of what bbsign hab does not sign is a mistake, or the work of another tool. */
static enum hab_reason check_payload(const struct hab_rom *rom)
{
	size_t label = rom->facts->has_label ? HAB_LABEL_SIZE : 0;
	struct hab_payload payload;
	const char *wrong = hab_payload_parse_padded(
		rom->query->data, rom->facts->ivt_offset - label, &payload);

	if (!wrong)
		wrong = hab_payload_place(&payload, rom->query->load_address);
	return wrong ? rom_reject(rom, HAB_PAYLOAD, "%s", wrong) : HAB_ACCEPTED;
}

/* Writes IVT and CSF again from what was verified, and compares. */
static enum hab_reason compare(const struct hab_rom *rom)
{
	const struct hab_facts *facts = rom->facts;
	const struct hab_csf csf = {
		.slot = facts->slot,
		.start = rom->query->load_address,
		.size = (uint32_t)(facts->ivt_offset + HAB_IVT_SIZE),
		.srk_table = facts->srk_table.data,
		.srk_table_size = facts->srk_table.size,
		.csf = rom->csf_signature,
		.image = rom->image_signature,
	};
	const uint8_t *file = rom->query->data + facts->ivt_offset;
	size_t file_size = rom->query->size - facts->ivt_offset, size;
	uint8_t canonical[HAB_IVT_SIZE + HAB_CSF_MAX];

	/* It is written as it is, and no signature or fuse covers the version in its header. */
	if (facts->srk_table.data[3] != HAB_VERSION)
		return rom_reject(rom, HAB_NOT_CANONICAL, "the SRK table's version is 0x%02x",
			facts->srk_table.data[3]);
	if (hab_write(&csf, canonical, &size))
		return rom_reject(rom, HAB_NOT_CANONICAL, "it cannot be written again");
	for (size_t i = 0; i < size && i < file_size; i++)
		if (file[i] != canonical[i])
			return rom_reject(rom, HAB_NOT_CANONICAL,
				"the first difference is at %zu of the file: %zu of IVT and CSF",
				facts->ivt_offset + i, i);
	if (file_size < size)
		return rom_reject(rom, HAB_CSF_TRUNCATED, "%zu bytes are missing", size - file_size);
	if (file_size > size)
		return rom_reject(rom, HAB_TRAILING, "%zu bytes", file_size - size);
	return HAB_ACCEPTED;
}

enum hab_reason hab_check_strict(const struct hab_rom *rom)
{
	enum hab_reason reason = check_layout(rom);

	if (!reason)
		reason = check_unlocks(rom);
	if (!reason)
		reason = check_signers(rom);
	if (!reason)
		reason = compare(rom);
	if (!reason)
		reason = check_payload(rom);
	return reason;
}
