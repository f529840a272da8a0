// SPDX-License-Identifier: Apache-2.0
// Fuses in words; see fuse-say.h.

#include "fuse-say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

static const struct fuse {
	const char *name;
	uint32_t offset, bits;
} fuses[] = {
	{ "SRK_LOCK", FUSE_LOCK, FUSE_LOCK_SRK },
	{ "SJC_DISABLE", FUSE_BOOT_CFG0, FUSE_SJC_DISABLE },
	{ "JTAG_SMODE", FUSE_BOOT_CFG0, FUSE_JTAG_SMODE },
	{ "JTAG_HEO", FUSE_BOOT_CFG0, FUSE_JTAG_HEO },
	{ "SEC_CONFIG", FUSE_BOOT_CFG0, FUSE_SEC_CONFIG_CLOSED },
	{ "SRK_REVOKE[0]", FUSE_SRK_REVOKE, UINT32_C(1) << 0 },
	{ "SRK_REVOKE[1]", FUSE_SRK_REVOKE, UINT32_C(1) << 1 },
	{ "SRK_REVOKE[2]", FUSE_SRK_REVOKE, UINT32_C(1) << 2 },
};

// "SRK_HASH[3]", "SJC_DISABLE JTAG_HEO", "SRK_REVOKE[0]"
static void fuse_name(const struct fuse_write *write, struct text *t)
{
	if (write->offset >= FUSE_SRK && write->offset < FUSE_SRK + 4 * FUSE_SRK_WORDS) {
		text_add(t, "SRK_HASH[");
		text_add_number(t, (write->offset - FUSE_SRK) / 4);
		text_add(t, "]");
		return;
	}
	for (size_t i = 0; i < sizeof(fuses) / sizeof(fuses[0]); i++) {
		if (fuses[i].offset != write->offset || !(fuses[i].bits & write->bits))
			continue;
		text_add(t, t->used ? " " : "");
		text_add(t, fuses[i].name);
	}
}

static void print_json(
	struct text *json, const struct fuse_write *write, const char *name, uint32_t before)
{
	char from[] = "0x00000000", to[] = "0x00000000";

	snprintf(from, sizeof(from), "0x%08" PRIx32, before);
	snprintf(to, sizeof(to), "0x%08" PRIx32, before | write->bits);
	json_open(json, NULL, '{');
	json_string(json, "name", name);
	json_number(json, "offset", write->offset);
	json_string(json, "from", from);
	json_string(json, "to", to);
	json_open(json, "bits", '[');
	for (unsigned int bit = 0; bit < 32; bit++)
		if (write->bits >> bit & 1)
			json_number(json, NULL, bit);
	json_close(json, ']');
	json_close(json, '}');
}

void fuse_print_write(struct provision *p, const struct fuse_write *write, uint32_t before)
{
	char name[FUSE_NAME_SIZE];
	struct text t = TEXT_IN(name);

	fuse_name(write, &t);
	if (p->json.data) {
		print_json(&p->json, write, name, before);
		return;
	}
	printf("0x%03" PRIx32 " %s: 0x%08" PRIx32 " -> 0x%08" PRIx32 ", bits", write->offset, name,
		before, before | write->bits);
	for (unsigned int bit = 0; bit < 32; bit++)
		if (write->bits >> bit & 1)
			printf(" %u", bit);
	putchar('\n');
}

int fuse_refuse_outcome(struct provision *p, const struct fuse_outcome *outcome)
{
	char name[FUSE_NAME_SIZE];
	struct text t = TEXT_IN(name);

	if (!outcome->reason)
		return STATUS_GOOD;
	if (p->reason) // a check has told it
		return STATUS_REFUSED;
	fuse_name(&outcome->at, &t);
	return provision_refuse(p, outcome->reason,
		"word 0x%03" PRIx32 "%s%s, bits 0x%08" PRIx32 ": %s%s%s", outcome->at.offset,
		t.used ? " " : "", name, outcome->at.bits,
		provision_reason_meaning(outcome->reason), outcome->error ? ": " : "",
		outcome->error ? strerror(-outcome->error) : "");
}
