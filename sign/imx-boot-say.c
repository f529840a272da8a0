// SPDX-License-Identifier: Apache-2.0
// What bbsign hab-verify --imx-boot says of a container; see imx-boot-say.h.

#include "imx-boot-say.h"

#include <stdio.h>
#include <stdlib.h>

#include "imx-boot.h"
#include "json.h"
#include "sign.h"
#include "verify-say.h"

static void print_accepted(const struct imx_boot *boot)
{
	puts("accepted  as a boot ROM and SPL do, and all that they load is signed");
	printf("SPL       at 0x%zx of the file, U-Boot's FIT at 0x%zx\n", boot->start, boot->fit);
	verify_print_blocks("SPL", &boot->first);
	verify_print_blocks("U-Boot", &boot->second);
	printf("slot      %u (SRK%u)\n", boot->first.slot, boot->first.slot + 1);
}

static void print_json(const char *file, enum hab_reason reason, const struct imx_boot *boot)
{
	struct text json;

	json_answer(&json, file);
	verify_json_reason(&json, reason, boot->detail);
	if (!reason) {
		json_number(&json, "slot", boot->first.slot);
		json_number(&json, "start", boot->start);
		json_number(&json, "fit", boot->fit);
		verify_json_blocks(&json, "spl_blocks", &boot->first);
		verify_json_blocks(&json, "uboot_blocks", &boot->second);
	}
	json_close(&json, '}');
	puts(json.data);
	free(json.data);
}

int imx_boot_verify(const char *file, const struct hab_query *query, bool as_json)
{
	struct imx_boot boot;
	enum hab_reason reason;
	size_t size;
	uint8_t *data = read_whole(file, SIGN_FILE_MAX, &size);

	if (!data)
		return STATUS_USAGE;
	reason = imx_boot_check(data, size, query, &boot);
	if (as_json)
		print_json(file, reason, &boot);
	else if (!reason)
		print_accepted(&boot);
	free(data);
	return verify_answer(file, "", reason, boot.detail);
}
