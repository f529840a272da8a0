// SPDX-License-Identifier: Apache-2.0
// bbsign srk: the SRK table, which every signed image holds, and the fuse file, which devices hold.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "service.h"
#include "sign.h"
#include "srk-pki.h"

const char srk_help[] =
	"usage: bbsign srk --pki DIR --table FILE --fuses FILE [--check] [--json]\n"
	"       bbsign srk --service URL --token-file F [--ca-file F] --pki-id ID --fuses FILE\n"
	"                  [--check] [--json]\n"
	"\n"
	"Makes the SRK table of the four SRK certificates in DIR/crts, and the fuse file: the 32\n"
	"bytes that devices hold in SRK_HASH. Both are those of NXP's srktool. Prints the fuse\n"
	"words, and how U-Boot would write them. Nothing is written to any device: fuses are\n"
	"written once and for ever, and only after something signed with these keys was verified\n"
	"(bbsign efuses) and has booted.\n"
	"\n"
	"  --pki DIR     the keys and certificates, made by bbsign pki or NXP's scripts\n"
	"  --table FILE  the SRK table to write\n"
	"  --fuses FILE  the fuse file to write\n"
	"  --check       write nothing; compare the two files with the certificates\n"
	"  --json        the answer as JSON\n"
	SERVICE_HELP
	"  --pki-id ID           the PKI there, whose fuse file is wanted. Whoever is the service\n"
	"                        decides then which keys devices trust: have that confirmed\n"
	"\n"
	"Example: bbsign srk --pki pki --table SRK_table.bin --fuses fuses.bin\n";

struct call {
	const char *pki, *table, *fuses, *pki_id;
	struct service service; // url NULL: the PKI is here
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
		return status ? status :
			compare(call->fuses, "fuse file", srk->fuses, sizeof(srk->fuses));
	}
	status = write_whole(call->table, 0644, srk->data, srk->size);
	return status ? status : write_whole(call->fuses, 0644, srk->fuses, sizeof(srk->fuses));
}

// bits: of the keys; 0: not known.
static void print(const struct call *call, const uint8_t fuses[static SRK_FUSES_SIZE], size_t bits)
{
	struct text json = { .data = NULL };

	if (call->json) {
		json_answer(&json, call->table ? call->table : call->fuses);
		json_string(&json, "fuses", call->fuses);
		if (bits)
			json_number(&json, "bits", bits);
	}
	fuses_print(fuses, &json);
	if (call->json) {
		json_close(&json, '}');
		puts(json.data);
		free(json.data);
	}
}

// A service tells the fuse file, and has no table to give.
static int ask_service(const struct call *call)
{
	uint8_t fuses[SRK_FUSES_SIZE];
	int status;

	if (call->pki || call->table || !call->service.token_file || !call->pki_id || !call->fuses)
		return fail_usage("srk", "--service needs --token-file, --pki-id and --fuses, and "
			"no --pki or --table");
	status = service_fuses(&call->service, call->pki_id, fuses);
	if (!status)
		status = call->check ? compare(call->fuses, "fuse file", fuses, sizeof(fuses)) :
			write_whole(call->fuses, 0644, fuses, sizeof(fuses));
	if (!status)
		print(call, fuses, 0);
	return status;
}

int srk_main(int argc, char **argv)
{
	struct call call = { .pki = NULL };
	const struct command_option options[] = { { "--pki", NULL, &call.pki },
		{ "--table", NULL, &call.table }, { "--fuses", NULL, &call.fuses },
		{ "--check", &call.check, NULL }, { "--json", &call.json, NULL },
		SERVICE_OPTIONS(&call.service), { "--pki-id", NULL, &call.pki_id },
		{ NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;
	struct srk_file srk;

	if (count < 0)
		return STATUS_USAGE;
	if (!count && call.service.url)
		return ask_service(&call);
	if (count || !call.pki || !call.table || !call.fuses || service_is_stray(&call.service) ||
			call.pki_id)
		return fail_usage(argv[0], "needs --pki, --table and --fuses, and nothing else");
	if (!strcmp(call.table, call.fuses))
		return fail_usage(argv[0], "table and fuses are two files");
	status = srk_from_pki(call.pki, &srk);
	if (!status)
		status = write_or_compare(&call, &srk);
	if (!status)
		print(&call, srk.fuses, 8 * srk.table.record[0].modulus_size);
	return status;
}
