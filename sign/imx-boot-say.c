// SPDX-License-Identifier: Apache-2.0
// What bbsign hab-verify --imx-boot says of a container; see imx-boot-say.h.

#include "imx-boot-say.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "imx-boot.h"
#include "json.h"
#include "sign.h"

static void print_blocks(const char *part, const struct hab_facts *facts)
{
	for (size_t i = 0; i < facts->block_count; i++)
		printf("%-9s signed 0x%08" PRIx32 " to 0x%08" PRIx64 "\n", part, facts->blocks[i].start,
			(uint64_t)facts->blocks[i].start + facts->blocks[i].size);
}

static void print_accepted(const struct imx_boot *boot)
{
	puts("accepted  as a boot ROM and SPL do, and all that they load is signed");
	printf("SPL       at 0x%zx of the file, U-Boot's FIT at 0x%zx\n", boot->start, boot->fit);
	print_blocks("SPL", &boot->first);
	print_blocks("U-Boot", &boot->second);
	printf("slot      %u (SRK%u)\n", boot->first.slot, boot->first.slot + 1);
}

static void json_blocks(struct text *json, const char *name, const struct hab_facts *facts)
{
	json_open(json, name, '[');
	for (size_t i = 0; i < facts->block_count; i++) {
		json_open(json, NULL, '{');
		json_number(json, "start", facts->blocks[i].start);
		json_number(json, "size", facts->blocks[i].size);
		json_close(json, '}');
	}
	json_close(json, ']');
}

static void print_json(const char *file, enum hab_reason reason, const struct imx_boot *boot)
{
	struct text json;

	json_answer(&json, file);
	json_bool(&json, "accepted", !reason);
	if (reason) {
		json_open(&json, "reason", '{');
		json_string(&json, "name", hab_reason_name(reason));
		json_string(&json, "meaning", hab_reason_meaning(reason));
		json_string(&json, "detail", boot->detail);
		json_string(&json, "remedy", hab_reason_remedy(reason));
		json_close(&json, '}');
	} else {
		json_number(&json, "slot", boot->first.slot);
		json_number(&json, "start", boot->start);
		json_number(&json, "fit", boot->fit);
		json_blocks(&json, "spl_blocks", &boot->first);
		json_blocks(&json, "uboot_blocks", &boot->second);
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
	if (!reason)
		return STATUS_GOOD;
	return refuse_file(file, "%s: %s (%s)\n  what to do: %s", hab_reason_name(reason),
		hab_reason_meaning(reason), boot.detail, hab_reason_remedy(reason));
}
