// SPDX-License-Identifier: Apache-2.0
// Runs the commands of a CSF as the ROM does (HABv4 API Reference Manual, "Commands"): SRK, CSF key
// and the CSF's own signature before anything else, then keys for data, signatures of data, Unlock.

#include <openssl/sha.h>
#include <string.h>

#include "bytes.h"
#include "hab-rom.h"
#include "hab.h"

#define BLOCK_SIZE 8u
#define ENGINE_ANY 0x00
#define ENGINE_SOFTWARE 0xff

static enum hab_reason reject_form(const struct hab_rom *rom, const struct hab_command *command,
	const char *what)
{
	return rom_reject(rom, HAB_COMMAND_FORM, "%s at %zu of the CSF: %s",
		hab_command_name(command->tag), command->offset, what);
}

/* What a command refers to ends behind what U-Boot has of the CSF. */
static enum hab_reason reject_beyond(const struct hab_rom *rom, const struct hab_command *command)
{
	bool more = rom->query->size - rom->facts->csf_offset > HAB_CSF_MAX;

	return rom_reject(rom, more ? HAB_CSF_LARGE : HAB_CSF_TRUNCATED,
		"%s at %zu of the CSF refers to %u, and beyond %zu bytes",
		hab_command_name(command->tag), command->offset, command->place, rom->csf_size);
}

static enum hab_reason read_structure(struct hab_rom *rom, const struct hab_command *command,
	uint8_t tag, struct der *ret)
{
	const uint8_t *p;

	if (!range_within(command->place, HAB_HEADER_SIZE, rom->csf_size))
		return reject_beyond(rom, command);
	p = rom->csf + command->place;
	if (!hab_read_structure(rom->csf, rom->csf_size, command->place, tag, ret)) {
		if (p[0] == tag && !range_within(command->place, (size_t)(p[1] << 8 | p[2]), rom->csf_size))
			return reject_beyond(rom, command);
		return reject_form(rom, command, "no structure of that kind where it refers to");
	}
	return HAB_ACCEPTED;
}

/* The table in the CSF against the fuses, which do not cover the table's own header. */
static enum hab_reason check_table(struct hab_rom *rom, unsigned int slot)
{
	uint8_t table[SRK_TABLE_MAX], *fuses = rom->facts->fuses;
	const struct der *in = &rom->facts->srk_table;
	struct srk_table parsed;
	const char *wrong;

	if (in->size > sizeof(table))
		return rom_reject(rom, HAB_SRK_TABLE, "it has %zu bytes", in->size);
	memcpy(table, in->data, in->size);
	table[3] = HAB_VERSION;
	wrong = srk_table_parse(table, in->size, &parsed);
	if (wrong)
		return rom_reject(rom, HAB_SRK_TABLE, "%s", wrong);
	srk_fuses(&parsed, fuses);
	if (!rom->query->any_fuses && memcmp(fuses, rom->query->fuses, SRK_FUSES_SIZE) != 0)
		return rom_reject(rom, HAB_SRK_HASH, "the hash of the table in the CSF is another");
	if (rom->query->revoked >> slot & 1)
		return rom_reject(rom, HAB_SLOT_REVOKED, "slot %u", slot);
	if (!parsed.record[slot].is_ca)
		return rom_reject(rom, HAB_SRK_NOT_CA, "slot %u", slot);
	rom->srk = hab_srk_key(&parsed.record[slot]);
	if (!rom->srk)
		return rom_reject(rom, HAB_KEY_ALGORITHM, "the SRK in slot %u", slot);
	return HAB_ACCEPTED;
}

static enum hab_reason install_srk(struct hab_rom *rom, const struct hab_command *command)
{
	enum hab_reason reason;

	if (command->flags || command->algorithm != HAB_ALGORITHM_SHA256)
		return reject_form(rom, command, "flags, or a hash that is not SHA-256");
	if (command->source >= HAB_SLOTS || command->target != 0)
		return rom_reject(rom, HAB_KEY_INDEX, "slot %u of the SRK table into key %u",
			command->source, command->target);
	rom->facts->slot = command->source;
	reason = read_structure(rom, command, HAB_TAG_KEY_TABLE, &rom->facts->srk_table);
	if (!reason)
		reason = check_table(rom, command->source);
	if (!reason)
		rom->stage = HAB_NEEDS_CSF_KEY;
	return reason;
}

static enum hab_reason install_certificate(struct hab_rom *rom, const struct hab_command *command)
{
	bool is_csf = rom->stage == HAB_NEEDS_CSF_KEY;
	const struct hab_role *role = is_csf ? &hab_csf_role : &hab_image_role;
	struct der structure = { NULL, 0 };
	enum hab_reason reason;

	if (command->flags != (is_csf ? HAB_INSTALL_CSF_KEY : 0) ||
		(command->algorithm != HAB_ALGORITHM_ANY && command->algorithm != HAB_ALGORITHM_SHA256))
		return reject_form(rom, command, "flags, or a hash that is not SHA-256");
	if (command->source != 0 || command->target >= HAB_KEYS || rom->keys[command->target] ||
		(is_csf ? command->target != HAB_KEY_CSF : command->target < HAB_KEY_DATA))
		return rom_reject(rom, HAB_KEY_INDEX, "the %s certificate, signed by key %u, into key %u",
			role->name, command->source, command->target);
	reason = read_structure(rom, command, HAB_TAG_KEY_TABLE, &structure);
	if (!reason)
		reason = hab_check_certificate(
			&structure, role, rom->srk, &rom->keys[command->target], rom->facts->detail);
	if (reason)
		return reason;
	rom->certificates[command->target] =
		(struct der){ structure.data + HAB_HEADER_SIZE, structure.size - HAB_HEADER_SIZE };
	if (is_csf)
		rom->stage = HAB_NEEDS_CSF_SIGNATURE;
	return HAB_ACCEPTED;
}

/* What both forms of Authenticate Data have in common, behind the digest. */
static enum hab_reason check_signature(struct hab_rom *rom, const struct hab_command *command,
	const struct hab_role *role, struct signed_data *s)
{
	struct der structure = { NULL, 0 };
	enum hab_reason reason;

	reason = read_structure(rom, command, HAB_TAG_SIGNATURE, &structure);
	if (reason)
		return reason;
	s->form = SIGNED_DATA_HAB;
	s->certificate = rom->keys[command->key];
	return hab_check_signature(&structure, role, s, rom->facts->detail);
}

static enum hab_reason check_authenticate_form(const struct hab_rom *rom,
	const struct hab_command *command)
{
	if (command->flags || command->protocol != HAB_PROTOCOL_CMS || command->configuration)
		return reject_form(rom, command, "flags, configuration, or a protocol that is not CMS");
	if (command->engine != ENGINE_ANY && command->engine != HAB_ENGINE_CAAM &&
		command->engine != ENGINE_SOFTWARE)
		return reject_form(rom, command, "an engine that cannot verify on i.MX8M");
	return HAB_ACCEPTED;
}

/* The CSF's own signature: of its header and commands. */
static enum hab_reason authenticate_csf(struct hab_rom *rom, const struct hab_command *command)
{
	enum hab_reason reason = check_authenticate_form(rom, command);

	if (reason)
		return reason;
	if (command->key != HAB_KEY_CSF)
		return rom_reject(rom, HAB_KEY_INDEX, "the CSF is to be authenticated with key %u",
			command->key);
	if (command->block_count)
		return reject_form(rom, command, "blocks in the command that authenticates the CSF");
	SHA256(rom->csf, rom->commands.size, rom->csf_signature.digest);
	reason = check_signature(rom, command, &hab_csf_role, &rom->csf_signature);
	if (reason)
		return reason;
	rom->facts->csf_certificate = rom->certificates[HAB_KEY_CSF];
	rom->facts->csf_time = rom->csf_signature.time;
	rom->stage = HAB_AUTHENTICATED;
	return HAB_ACCEPTED;
}

/* What lies in memory from an address on, all of it in one part of the file; NULL if nothing does. */
static const uint8_t *find_bytes(const struct hab_query *query, const struct hab_block *block)
{
	if (block->start >= query->load_address &&
		range_within(block->start - query->load_address, block->size, query->size))
		return query->data + (block->start - query->load_address);
	for (size_t i = 0; i < query->region_count; i++) {
		const struct hab_region *region = &query->regions[i];

		if (block->start >= region->start &&
			range_within(block->start - region->start, block->size, region->size))
			return region->data + (block->start - region->start);
	}
	return NULL;
}

/* Remembers the blocks of one signature. */
static enum hab_reason take_blocks(struct hab_rom *rom, const struct hab_command *command)
{
	const struct hab_query *query = rom->query;
	struct hab_facts *facts = rom->facts;

	if (!command->block_count || command->block_count > HAB_BLOCKS_MAX - facts->block_count)
		return reject_form(rom, command, "no signed blocks, or more than 8");
	for (size_t i = 0; i < command->block_count; i++) {
		const uint8_t *p = command->blocks + i * BLOCK_SIZE;
		struct hab_block block = { hab_word(p), hab_word(p + 4) };

		if (!block.size || !find_bytes(query, &block))
			return rom_reject(rom, HAB_BLOCK_OUTSIDE, "%u bytes at 0x%x", block.size,
				block.start);
		facts->blocks[facts->block_count++] = block;
	}
	return HAB_ACCEPTED;
}

/* The last blocks that were taken, one behind the other. */
static bool hash_blocks(const struct hab_rom *rom, size_t count,
	uint8_t digest[static SIGNED_DATA_DIGEST_SIZE])
{
	const struct hab_query *query = rom->query;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

	for (size_t i = rom->facts->block_count - count; good && i < rom->facts->block_count; i++) {
		const struct hab_block *block = &rom->facts->blocks[i];

		good = EVP_DigestUpdate(context, find_bytes(query, block), block->size) == 1;
	}
	good = good && EVP_DigestFinal_ex(context, digest, NULL) == 1;
	EVP_MD_CTX_free(context);
	return good;
}

static enum hab_reason authenticate_data(struct hab_rom *rom, const struct hab_command *command)
{
	struct signed_data *s = &rom->image_signature;
	enum hab_reason reason = check_authenticate_form(rom, command);

	if (reason)
		return reason;
	if (command->key < HAB_KEY_DATA || command->key >= HAB_KEYS || !rom->keys[command->key])
		return rom_reject(rom, HAB_KEY_INDEX, "the image is to be authenticated with key %u",
			command->key);
	if (hab_is_authority(rom->keys[command->key]))
		return rom_reject(rom, HAB_CERTIFICATE_CA, "the image certificate");
	reason = take_blocks(rom, command);
	if (!reason && !hash_blocks(rom, command->block_count, s->digest))
		reason = rom_reject(rom, HAB_SYSTEM, "no memory for SHA-256");
	if (!reason)
		reason = check_signature(rom, command, &hab_image_role, s);
	if (reason)
		return reason;
	rom->facts->image_certificate = rom->certificates[command->key];
	rom->facts->image_time = s->time;
	return HAB_ACCEPTED;
}

static enum hab_reason unlock(struct hab_rom *rom, const struct hab_command *command)
{
	struct hab_facts *facts = rom->facts;

	if (facts->unlock_count == HAB_UNLOCKS_MAX)
		return reject_form(rom, command, "more than 8 of them");
	facts->unlocks[facts->unlock_count++] =
		(struct hab_unlock){ command->flags, command->features };
	return HAB_ACCEPTED;
}

static enum hab_reason install_key(struct hab_rom *rom, const struct hab_command *command)
{
	bool is_srk = command->protocol == HAB_PROTOCOL_SRK;

	if (!is_srk && command->protocol != HAB_PROTOCOL_X509)
		return reject_form(rom, command, "a protocol that is neither SRK nor X.509");
	if (is_srk != (rom->stage == HAB_NEEDS_SRK) || rom->stage == HAB_NEEDS_CSF_SIGNATURE)
		return rom_reject(rom, HAB_COMMAND_ORDER, "Install Key at %zu of the CSF",
			command->offset);
	return is_srk ? install_srk(rom, command) : install_certificate(rom, command);
}

static enum hab_reason run_command(struct hab_rom *rom, const struct hab_command *command)
{
	bool too_early = rom->stage != HAB_AUTHENTICATED;

	switch (command->tag) {
	case HAB_NOP:
		return HAB_ACCEPTED;
	case HAB_INSTALL_KEY:
		return install_key(rom, command);
	case HAB_AUTHENTICATE:
		if (rom->stage == HAB_NEEDS_CSF_SIGNATURE)
			return authenticate_csf(rom, command);
		if (!too_early)
			return authenticate_data(rom, command);
		break;
	case HAB_UNLOCK:
		if (!too_early)
			return unlock(rom, command);
		break;
	default:
		return rom_reject(rom, HAB_COMMAND_UNKNOWN, "%s (0x%02x) at %zu of the CSF",
			hab_command_name(command->tag), command->tag, command->offset);
	}
	return rom_reject(rom, HAB_COMMAND_ORDER, "%s at %zu of the CSF, before the CSF is authenticated",
		hab_command_name(command->tag), command->offset);
}

enum hab_reason hab_run_commands(struct hab_rom *rom)
{
	for (size_t i = 0; i < rom->commands.count; i++) {
		enum hab_reason reason = run_command(rom, &rom->commands.list[i]);

		if (reason)
			return reason;
	}
	if (rom->stage != HAB_AUTHENTICATED)
		return rom_reject(rom, HAB_COMMAND_ORDER, "the commands end before the CSF is authenticated");
	return HAB_ACCEPTED;
}
