/* SPDX-License-Identifier: Apache-2.0 */
/* bbsign hab-verify --imx-boot. */
#ifndef BB_IMX_BOOT_SAY_H
#define BB_IMX_BOOT_SAY_H

#include "hab-check.h"

/* Verifies a container with the fuses of the query, and says so. Returns the exit status. */
int imx_boot_verify(const char *file, const struct hab_query *query, bool as_json);

#endif
