/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The container that i.MX8M's boot ROM starts (flash.bin, imx-boot), as imx-mkimage and U-Boot's binman make
 * it (U-Boot, doc/imx/habv4/guides/mx8m_spl_secure_boot.txt): the ROM loads and authenticates its first part,
 * SPL; SPL loads the FIT behind it, with U-Boot, and has the ROM authenticate that. Verified whole: a ROM
 * takes it when less of it is signed.
 */
#ifndef BB_IMX_BOOT_H
#define BB_IMX_BOOT_H

#include "hab-check.h"

struct imx_boot {
	size_t start;          /* of the container in the file */
	size_t fit;            /* of the FIT in the file */
	struct hab_facts first, second;
	char detail[HAB_DETAIL_SIZE];
};

/* Whether there is one: at the start of a file, or where a boot partition of the eMMC has it. */
bool imx_boot_find(const uint8_t *data, size_t size, size_t *ret_start);

/* Of the query, the fuses and what is revoked count. Returns HAB_ACCEPTED or the reason. */
enum hab_reason imx_boot_check(const uint8_t *data, size_t size, const struct hab_query *query,
	struct imx_boot *ret);

#endif
