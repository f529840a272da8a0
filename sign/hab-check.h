/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot ROM in software: whether a device with these fuses would accept a signed image, as HABv4
 * and U-Boot's hab_auth_img decide it (NXP, HABv4 API Reference Manual; U-Boot,
 * arch/arm/mach-imx/hab.c), and if not, exactly why.
 *
 * In doubt it rejects: what a ROM may accept and no known tool writes (DCD, Set and Init commands,
 * keys other than RSA, chains of more than two certificates, encrypted images) is not
 * modelled. Like the ROM it ignores the dates of certificates.
 */
#ifndef BB_HAB_CHECK_H
#define BB_HAB_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "der.h"
#include "hab-label.h"
#include "hab-reason.h"
#include "srk.h"

#define HAB_BLOCKS_MAX 8  /* blocks of one image that CAAM hashes */
#define HAB_UNLOCKS_MAX 8 /* far more than there are engines to unlock */

enum hab_mode {
	HAB_STRICT, /* what hab_write() writes for this image, byte for byte, and nothing else */
	HAB_ROM     /* what a ROM takes: other orders and places, header versions, trailing bytes */
};

/* Who loads it and asks the ROM for its authentication. */
enum hab_loader {
	HAB_BY_UBOOT, /* kernels and device trees: payload, IVT, CSF */
	HAB_BY_ROM,   /* the first stage (SPL): IVT and boot data, payload, CSF, in the chip's own memory */
	HAB_BY_SPL    /* U-Boot: a FIT, IVT, CSF, and elsewhere the images that the FIT tells of */
};

/* Bytes of the file that lie elsewhere in memory when it is authenticated; all must be signed. */
struct hab_region {
	uint32_t start;
	const uint8_t *data;
	size_t size;
};

/* What is asked. */
struct hab_query {
	const uint8_t *data; /* the signed file, not packed, as it lies in memory */
	size_t size;
	const uint8_t *fuses; /* a fuse file */
	size_t fuses_size;
	bool any_fuses;       /* the device has none yet: it starts what any SRK table signs */
	uint32_t load_address;
	const size_t *ivt_offset; /* NULL: the multiple of 12288 where an IVT says that it lies */
	unsigned int revoked;     /* the SRK_REVOKE fuses, bit 0 for slot 0 */
	enum hab_mode mode;       /* HAB_ROM where it is not U-Boot that loads it */
	enum hab_loader loader;
	const struct hab_region *regions;
	size_t region_count;
};

/* Numbers of the manual's section on Unlock; features of one engine, one bit each. */
#define HAB_ENGINE_CAAM 0x1d
#define HAB_ENGINE_OCOTP 0x21
#define HAB_UNLOCK_CAAM 3u  /* MID, RNG: Linux sets them up itself */
#define HAB_UNLOCK_OCOTP 2u /* SRK REVOKE: the OS revokes slots */
struct hab_unlock {
	uint8_t engine;
	uint32_t features;
};

struct hab_block {
	uint32_t start, size; /* by address */
};

/* What was found; all of it is proved when the file was accepted, and none of it otherwise. */
struct hab_facts {
	char detail[HAB_DETAIL_SIZE]; /* of a rejection: the object, and what is wrong with it; printable ASCII */

	unsigned int slot;
	uint8_t fuses[SRK_FUSES_SIZE]; /* of the devices that it is for */
	bool has_label;
	struct hab_label label;
	size_t ivt_offset, csf_offset;
	struct hab_block blocks[HAB_BLOCKS_MAX];
	size_t block_count;
	struct hab_unlock unlocks[HAB_UNLOCKS_MAX];
	size_t unlock_count;

	/* Within the file: the table with its header, and X.509 certificates. */
	struct der srk_table, csf_certificate, image_certificate;
	time_t csf_time, image_time; /* when the signers say that they signed; -1: they do not */
};

/* Never crashes, never leaks, does no I/O. Fills *ret as far as it came. */
enum hab_reason hab_check(const struct hab_query *query, struct hab_facts *ret);

/*
 * The load address that a signed file claims: its only IVT at a multiple of 12288 whose entry is that
 * many bytes before it. Returns false if there is none or more than one. Nothing is proved by it.
 */
bool hab_claimed_load_address(const uint8_t *data, size_t size, uint32_t *ret_address,
	size_t *ret_ivt_offset);

#endif
