// SPDX-License-Identifier: Apache-2.0
// bbsign efuses: the fuse file of a table with which something was signed that such devices start.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "artifact.h"
#include "image.h"
#include "json.h"
#include "pki.h"
#include "sign.h"
#include "srk-pki.h"

const char efuses_help[] =
	"usage: bbsign efuses (--pki DIR | --table FILE) -o FUSES [--revoked MASK] [--development]\n"
	"                     [--json] ARTIFACT...\n"
	"\n"
	"Writes the fuse file of an SRK table, when devices with these fuses start all that is to\n"
	"run on them: every artifact (signed Image, Image.gz or DTB) must be accepted as bbsign\n"
	"hab-verify does, at the load address that it is signed for, and all must be signed with\n"
	"the same slot. Fuses that fit nothing that was signed make a device that is closed start\n"
	"nothing, for ever.\n"
	"\n"
	"  --pki DIR       the certificates of the SRK table, and which slots are revoked\n"
	"  --table FILE    the SRK table: bbsign srk writes it\n"
	"  -o FUSES        the fuse file to write, 32 bytes\n"
	"  --revoked MASK  slots that are revoked on devices, 0 to 7\n"
	"  --development   the keys may be for development: they are easily lost, and a device that is\n"
	"                  closed with them is lost with them\n"
	"  --json          the answer as JSON\n"
	"\n"
	"Example:\n"
	"  bbsign efuses --pki pki -o fuses.bin Image.gz.signed board.dtb.signed\n";

struct call {
	const char *pki, *table, *out, *revoked_word;
	bool development, json;
	unsigned int revoked;
};

// What was found out, artifact by artifact.
struct finding {
	struct srk_file srk;
	const char *first; // the first artifact, whose slot all others must have
	unsigned int slot;
	bool development; // one of the signers is for development
	struct text json; // without data: for a person
};

// With JSON the reason is in the answer too. Returns STATUS_REFUSED.
static int refuse_artifact(struct finding *f, const char *file, const char *reason,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

static int refuse_artifact(struct finding *f, const char *file, const char *reason,
	const char *format, ...)
{
	char detail[2 * HAB_DETAIL_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	if (f->json.data) {
		json_open(&f->json, "reason", '{');
		json_string(&f->json, "artifact", file);
		json_string(&f->json, "name", reason);
		json_string(&f->json, "detail", detail);
		json_close(&f->json, '}');
	}
	return refuse_file(file, "%s: %s", reason, detail);
}

// An artifact that was accepted, beside those before it.
static int take_accepted(struct finding *f, const char *file, const struct artifact *artifact)
{
	if (!f->first) {
		f->first = file;
		f->slot = artifact->slot;
	}
	if (artifact->slot != f->slot)
		return refuse_artifact(f, file, "slots-differ",
			"signed with slot %u, and %s with slot %u: they are not of one release",
			artifact->slot, f->first, f->slot);
	f->development |= artifact->is_development;
	return 0;
}

static int check_read(struct finding *f, const struct call *call, const char *file,
	const uint8_t *data, size_t size)
{
	const struct artifact_query query = { .file = data, .size = size, .fuses = f->srk.fuses,
		.revoked = call->revoked, .mode = HAB_STRICT };
	struct artifact artifact;
	enum hab_reason reason = artifact_verify(&query, &artifact);

	if (reason == HAB_SRK_HASH)
		return refuse_artifact(f, file, hab_reason_name(reason),
			"signed with another SRK table than that of %s", call->pki ? call->pki : call->table);
	if (reason)
		return refuse_artifact(f, file, hab_reason_name(reason), "%s (%s)",
			hab_reason_meaning(reason), artifact.detail);
	return take_accepted(f, file, &artifact);
}

static int check_artifact(struct finding *f, const struct call *call, const char *file)
{
	size_t size;
	uint8_t *data = read_whole(file, IMAGE_SIZE_MAX, &size);
	int status = data ? check_read(f, call, file, data, size) : STATUS_USAGE;

	free(data);
	return status;
}

static void print_written(struct finding *f, const struct call *call, int artifacts)
{
	if (f->json.data) {
		json_number(&f->json, "slot", f->slot);
		json_number(&f->json, "artifacts", (uint64_t)artifacts);
		json_bool(&f->json, "development", f->development);
	} else {
		printf("%s: artifacts accepted with these fuses: %d, all of slot %u%s\n", call->out,
			artifacts, f->slot, f->development ? "; for development devices only" : "");
	}
	fuses_print(f->srk.fuses, &f->json);
}

static int check_and_write(struct finding *f, const struct call *call, int count, char **files)
{
	int status = 0;

	for (int i = 0; !status && i < count; i++)
		status = check_artifact(f, call, files[i]);
	if (!status && f->development && !call->development)
		status = refuse_artifact(f, f->first, "development-keys",
			"signed with keys for development; --development writes their fuses all the same");
	if (!status)
		status = write_whole(call->out, 0644, f->srk.fuses, sizeof(f->srk.fuses));
	if (!status)
		print_written(f, call, count);
	return status;
}

static int take_call(int argc, char **argv, struct call *call, int *ret_count)
{
	const struct command_option options[] = { { "--pki", NULL, &call->pki },
		{ "--table", NULL, &call->table }, { "-o", NULL, &call->out },
		{ "--revoked", NULL, &call->revoked_word }, { "--json", &call->json, NULL },
		{ "--development", &call->development, NULL }, { NULL, NULL, NULL } };

	*ret_count = take_options(argc, argv, options);
	if (*ret_count < 0)
		return STATUS_USAGE;
	if (!call->pki == !call->table || !call->out || !*ret_count)
		return fail_usage(argv[0], "needs --pki or --table, -o and at least one signed artifact");
	for (int i = 1; i <= *ret_count; i++) {
		if (!strcmp(argv[i], call->out))
			return fail_usage(argv[0], "%s is to be verified, and cannot be the output", argv[i]);
	}
	return take_revoked(argv[0], call->revoked_word, &call->revoked);
}

static int find_table(struct call *call, struct srk_file *ret)
{
	unsigned int of_pki;
	int status;

	if (!call->pki)
		return srk_from_file(call->table, ret);
	status = pki_revoked(call->pki, &of_pki);
	if (status)
		return status;
	call->revoked |= of_pki;
	return srk_from_pki(call->pki, ret);
}

int efuses_main(int argc, char **argv)
{
	struct call call = { .table = NULL };
	struct finding finding = { .first = NULL };
	int count, status = take_call(argc, argv, &call, &count);

	if (!status)
		status = find_table(&call, &finding.srk);
	if (status)
		return status;
	if (call.json)
		json_answer(&finding.json, call.out);
	status = check_and_write(&finding, &call, count, argv + 1);
	if (call.json) {
		json_bool(&finding.json, "written", !status);
		json_close(&finding.json, '}');
		puts(finding.json.data);
		free(finding.json.data);
	}
	return status;
}
