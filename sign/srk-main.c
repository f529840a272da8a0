// SPDX-License-Identifier: Apache-2.0
// bbsign srk: the SRK table, which every signed image holds, and the fuse file, which devices hold.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "sign.h"
#include "srk-pki.h"

const char srk_help[] =
	"usage: bbsign srk --pki DIR --table FILE --fuses FILE [--check] [--json]\n"
	"\n"
	"Makes the SRK table of the four SRK certificates in DIR/crts, and the fuse file: the 32 bytes\n"
	"that devices hold in SRK_HASH. Both are those of NXP's srktool. Prints the fuse words, and how\n"
	"U-Boot would write them. Nothing is written to any device: fuses are written once and for ever,\n"
	"and only after something signed with these keys was verified (bbsign efuses) and has booted.\n"
	"\n"
	"  --pki DIR     the keys and certificates: bbsign pki makes them, and so do NXP's scripts\n"
	"  --table FILE  the SRK table to write\n"
	"  --fuses FILE  the fuse file to write\n"
	"  --check       write nothing; compare the two files with the certificates\n"
	"  --json        the answer as JSON\n"
	"\n"
	"Example: bbsign srk --pki pki --table SRK_table.bin --fuses fuses.bin\n";

struct call {
	const char *pki, *table, *fuses;
	bool check, json;
};

// Whether a file holds these bytes and no others.
static int compare(const char *file, const char *what, const uint8_t *data, size_t size)
{
	size_t found;
	uint8_t *contents = read_whole(file, size, &found);
	bool same = contents && found == size && !memcmp(contents, data, size);

	free(contents);
	if (!contents)
		return STATUS_USAGE;
	return same ? 0 : refuse_file(file, "not the %s of these certificates", what);
}

static int write_or_compare(const struct call *call, const struct srk_file *srk)
{
	int status;

	if (call->check) {
		status = compare(call->table, "SRK table", srk->data, srk->size);
		return status ? status : compare(call->fuses, "fuse file", srk->fuses, sizeof(srk->fuses));
	}
	status = write_whole(call->table, 0644, srk->data, srk->size);
	return status ? status : write_whole(call->fuses, 0644, srk->fuses, sizeof(srk->fuses));
}

static void print(const struct call *call, const struct srk_file *srk)
{
	struct text json = { .data = NULL };

	if (call->json) {
		json_answer(&json, call->table);
		json_string(&json, "fuses", call->fuses);
		json_number(&json, "bits", 8 * srk->table.record[0].modulus_size);
	}
	fuses_print(srk->fuses, &json);
	if (call->json) {
		json_close(&json, '}');
		puts(json.data);
		free(json.data);
	}
}

int srk_main(int argc, char **argv)
{
	struct call call = { .pki = NULL };
	const struct command_option options[] = { { "--pki", NULL, &call.pki },
		{ "--table", NULL, &call.table }, { "--fuses", NULL, &call.fuses },
		{ "--check", &call.check, NULL }, { "--json", &call.json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;
	struct srk_file srk;

	if (count < 0)
		return STATUS_USAGE;
	if (count || !call.pki || !call.table || !call.fuses)
		return fail_usage(argv[0], "needs --pki, --table and --fuses, and nothing else");
	status = srk_from_pki(call.pki, &srk);
	if (!status)
		status = write_or_compare(&call, &srk);
	if (!status)
		print(&call, &srk);
	return status;
}
