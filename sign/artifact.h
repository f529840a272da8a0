/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of the bootloader as it lies on a device: whether the device would start it, and what it says
 * of itself. What is here and below it does no I/O and needs libcrypto alone: SIGN_VERIFY in sign.mk.
 */
#ifndef BB_ARTIFACT_H
#define BB_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hab-check.h"
#include "srk.h"

/* A first stage is verified as a ROM does, whatever the mode: other tools sign it. */
enum artifact_kind { ARTIFACT_KERNEL, ARTIFACT_DEVICE_TREE, ARTIFACT_FIRST_STAGE };

struct artifact_query {
	const uint8_t *file; /* as it lies on the disk: an Image may be packed with gzip */
	size_t size;
	const uint8_t *fuses; /* the device's SRK hash, SRK_FUSES_SIZE bytes */
	bool any_fuses;       /* whatever they are: a device on which none are burnt */
	unsigned int revoked; /* the SRK_REVOKE fuses, bit 0 for slot 0 */
	enum hab_mode mode;   /* HAB_ROM: also what other tools signed */
};

/* All of it is proved when the file was accepted, and none of it otherwise. */
struct artifact {
	enum artifact_kind kind;
	bool packed;
	unsigned int slot;
	uint32_t load_address; /* these two: not of a first stage, which has two of each */
	size_t ivt_offset;
	uint8_t fuses[SRK_FUSES_SIZE]; /* of the devices that start it */
	bool is_development;           /* one of its signers says so */
	bool has_label;
	struct hab_label label;
	char detail[HAB_DETAIL_SIZE]; /* of a rejection */
};

/*
 * Returns HAB_ACCEPTED, or the reason. The load address is the one that the signature states.
 * Whoever reads the file again has verified nothing: keep these bytes.
 */
enum hab_reason artifact_verify(const struct artifact_query *query, struct artifact *ret);

/* "kernel", "device tree", "first stage" */
const char *artifact_kind_name(enum artifact_kind kind);

#endif
