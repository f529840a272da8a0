/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What i.MX8M's boot ROM and U-Boot authenticate (NXP, HABv4 API Reference Manual; CST User's
 * Guide):
 *
 *     payload | zeros up to a multiple of 12288 | IVT, 32 bytes | CSF
 *
 * The IVT (image vector table) is little-endian and says where all of this lies in memory; the CSF
 * (command sequence file) is big-endian: a header with commands, then the SRK table, two
 * certificates and two signatures that the commands refer to by offset.
 */
#ifndef BB_HAB_H
#define BB_HAB_H

#include <stddef.h>
#include <stdint.h>

#include "signed-data.h"

#define HAB_PAD 12288u /* balena's layout: the IVT lies at a multiple of this */
#define HAB_IVT_SIZE 32u
#define HAB_FIRST_HEADER_SIZE 64u /* of what the ROM loads: IVT, boot data, zeros */
#define HAB_CSF_MAX 0x2000u /* U-Boot's CSF_PAD_SIZE */
#define HAB_SLOTS 4

/* Memory that the image is loaded to: i.MX8M's DRAM, as its reference manuals map it. */
#define HAB_DRAM_START 0x40000000u

/* What a CSF of this project says; all else in it follows. */
struct hab_csf {
	unsigned int slot;             /* the SRK in use, 0 to 3 */
	uint32_t start, size;          /* what is signed: payload, padding and IVT, by address */
	const uint8_t *srk_table;      /* with its header */
	size_t srk_table_size;
	struct signed_data csf, image; /* SIGNED_DATA_HAB, by the CSF and by the IMG certificate */
};

/* Writes the IVT alone: of what begins at start and takes size bytes, the IVT included. */
void hab_write_ivt(uint32_t start, uint32_t size, uint8_t buffer[static HAB_IVT_SIZE]);

/*
 * Writes IVT and CSF: what the verifier compares with, and what is signed. The IVT is for a payload
 * whose entry is csf->start. Before the signatures are made they may have any content, but must
 * have their size. Returns 0, or -1 when the certificates or the table do not fit.
 */
int hab_write(const struct hab_csf *csf, uint8_t buffer[static HAB_IVT_SIZE + HAB_CSF_MAX],
	size_t *ret_size);

/* How many bytes behind the IVT the CSF signature covers: the header and the commands. */
size_t hab_commands_size(void);

#endif
