// SPDX-License-Identifier: Apache-2.0
// Words of bbsign hab-verify; see verify-say.h.

#include "verify-say.h"

#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "sign.h"

void verify_print_blocks(const char *label, const struct hab_facts *facts)
{
	for (size_t i = 0; i < facts->block_count; i++)
		printf("%-9s signed 0x%08" PRIx32 " to 0x%08" PRIx64 ", %" PRIu32 " bytes\n", label,
			facts->blocks[i].start,
			(uint64_t)facts->blocks[i].start + facts->blocks[i].size, facts->blocks[i].size);
}

void verify_json_blocks(struct text *json, const char *name, const struct hab_facts *facts)
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

void verify_json_reason(struct text *json, enum hab_reason reason, const char *detail)
{
	json_bool(json, "accepted", !reason);
	if (!reason)
		return;
	json_open(json, "reason", '{');
	json_string(json, "name", hab_reason_name(reason));
	json_string(json, "meaning", hab_reason_meaning(reason));
	json_string(json, "detail", detail);
	json_string(json, "remedy", hab_reason_remedy(reason));
	json_close(json, '}');
}

int verify_answer(const char *file, const char *what, enum hab_reason reason, const char *detail)
{
	if (!reason)
		return STATUS_GOOD;
	return refuse_file(file, "%s: %s%s (%s)\n  what to do: %s", hab_reason_name(reason), what,
		hab_reason_meaning(reason), detail, hab_reason_remedy(reason));
}
