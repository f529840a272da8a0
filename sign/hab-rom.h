/* SPDX-License-Identifier: Apache-2.0 */
/* The state of one run of the software boot ROM, shared by its parts; for hab-check.c alone. */
#ifndef BB_HAB_ROM_H
#define BB_HAB_ROM_H

#include "hab-check.h"
#include "hab-parse.h"
#include "hab-signature.h"

/* The ROM's key store: 0 is the SRK, 1 the CSF key, the others are for data. */
#define HAB_KEY_CSF 1
#define HAB_KEY_DATA 2
#define HAB_KEYS 5

/* What the CSF has achieved; the ROM takes its first three commands in this order alone. */
enum hab_stage { HAB_NEEDS_SRK, HAB_NEEDS_CSF_KEY, HAB_NEEDS_CSF_SIGNATURE, HAB_AUTHENTICATED };

struct hab_rom {
	const struct hab_query *query;
	struct hab_facts *facts;
	struct hab_ivt ivt;

	const uint8_t *csf; /* what U-Boot has room for of it */
	size_t csf_size;
	struct hab_commands commands;

	enum hab_stage stage;
	EVP_PKEY *srk;
	X509 *keys[HAB_KEYS]; /* keys[0] stays NULL: the SRK has no certificate here */
	struct der certificates[HAB_KEYS]; /* the same, as they lie in the file */
	struct signed_data csf_signature, image_signature;
};

/* Does what the commands say. */
enum hab_reason hab_run_commands(struct hab_rom *rom);

/* What strict mode asks beyond: for an image that a ROM takes. */
enum hab_reason hab_check_strict(const struct hab_rom *rom);

/* Fills in the facts' detail, from a format and its arguments; yields the reason. */
#define rom_reject(rom, reason, ...) hab_reject((rom)->facts->detail, (reason), __VA_ARGS__)

#endif
