// SPDX-License-Identifier: Apache-2.0
// bbsign hab-verify: plays the boot ROM on a signed file, and says what it would say.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "hab-check.h"
#include "hab.h"
#include "imx-boot-say.h"
#include "json.h"
#include "kernel-file.h"
#include "sign.h"
#include "verify-say.h"

const char hab_verify_help[] =
	"usage: bbsign hab-verify --fuses FILE --load-addr ADDR [--ivt-offset N] [--revoked MASK]\n"
	"                         [--rom] [--json] FILE\n"
	"       bbsign hab-verify --imx-boot --fuses FILE [--revoked MASK] [--json] FILE\n"
	"\n"
	"Decides as the boot ROM of a device with these fuses does, together with U-Boot, whether a\n"
	"signed kernel or device tree is good. Of a packed file (.gz) what is inside is verified: that\n"
	"is what U-Boot has in memory.\n"
	"\n"
	"  --fuses FILE      the 32 bytes that the device's SRK fuses hold: bbsign srk writes them\n"
	"  --load-addr ADDR  where U-Boot loads the file to, such as 0x40480000\n"
	"  --ivt-offset N    where in the file the image vector table lies; without it, at the multiple\n"
	"                    of 12288 where a table says that it lies there\n"
	"  --revoked MASK    the device's SRK_REVOKE fuses, 0 to 7: bit 0 for slot 0, and so on\n"
	"  --imx-boot        FILE is the container that the ROM itself starts (flash.bin, imx-boot): SPL,\n"
	"                    and U-Boot in a FIT. All that is loaded of it must be signed, in one slot\n"
	"  --rom             accept all that a ROM accepts, also files that other tools signed; without\n"
	"                    it, only what bbsign hab writes for this image, byte for byte\n"
	"\n"
	"Exit status: 0 accepted, 1 rejected (the reason is on standard error), 2 usage.\n"
	"\n"
	"Example:\n"
	"  bbsign hab-verify --fuses fuses.bin --load-addr 0x40480000 Image.gz\n";

#define FUSES_FILE_MAX 4096 /* more than any form of it has; the right one has 32 bytes */
struct request {
	const char *fuses_file, *load, *offset, *revoked;
	bool rom, json, imx_boot;
	size_t ivt_offset;
	struct hab_query query;
};

static int take_request(int argc, char **argv, struct request *r)
{
	const struct command_option options[] = { { "--fuses", NULL, &r->fuses_file },
		{ "--load-addr", NULL, &r->load }, { "--ivt-offset", NULL, &r->offset },
		{ "--revoked", NULL, &r->revoked }, { "--rom", &r->rom, NULL },
		{ "--json", &r->json, NULL }, { "--imx-boot", &r->imx_boot, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);
	uint64_t load, offset = 0;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (r->imx_boot && (r->load || r->offset || r->rom))
		return fail_usage(argv[0], "--imx-boot finds the addresses itself, and is always as --rom");
	if (!r->fuses_file || (!r->load && !r->imx_boot))
		return fail_usage(argv[0], "needs --fuses and --load-addr");
	if (r->imx_boot)
		return take_revoked(argv[0], r->revoked, &r->query.revoked);
	if (!parse_number(r->load, UINT32_MAX, &load))
		return fail_usage(argv[0], "--load-addr %s is no address of 32 bits", r->load);
	if (r->offset && !parse_number(r->offset, UINT32_MAX, &offset))
		return fail_usage(argv[0], "--ivt-offset %s is no number of bytes", r->offset);
	r->ivt_offset = (size_t)offset;
	r->query.load_address = (uint32_t)load;
	r->query.ivt_offset = r->offset ? &r->ivt_offset : NULL;
	r->query.mode = r->rom ? HAB_ROM : HAB_STRICT;
	return take_revoked(argv[0], r->revoked, &r->query.revoked);
}

/* The subject of a certificate that was verified, and when its owner signed. */
static void describe_signer(struct text *t, const struct der *certificate, time_t time)
{
	const uint8_t *at = certificate->data;
	X509 *parsed = d2i_X509(NULL, &at, (long)certificate->size);

	if (parsed)
		describe_name(t, X509_get_subject_name(parsed));
	X509_free(parsed);
	text_add(t, ", ");
	describe_time(t, time);
}

static void print_signer(const char *label, const struct der *certificate, time_t time)
{
	char line[DESCRIBE_SIZE];
	struct text t = TEXT_IN(line);

	describe_signer(&t, certificate, time);
	printf("%-9s signed by %s\n", label, line);
}

static void print_accepted(const struct request *r, const struct hab_facts *facts, bool packed)
{
	char unlocks[DESCRIBE_SIZE];
	struct text t = TEXT_IN(unlocks);

	printf("accepted  %s%s\n", r->rom ? "as a boot ROM does; the form was not held to bbsign's" :
		"by the boot ROM's rules, in the one form that bbsign writes",
		packed ? "; the file is packed, what is inside was verified" : "");
	printf("loaded    at 0x%08" PRIx32 ", %zu bytes\n", r->query.load_address, r->query.size);
	verify_print_blocks("image", facts);
	printf("IVT       at %zu of the file, CSF at %zu\n", facts->ivt_offset, facts->csf_offset);
	printf("slot      %u (SRK%u)\n", facts->slot, facts->slot + 1);
	if (facts->has_label)
		printf("label     device type %s, security version %" PRIu32 "\n",
			facts->label.device_type, facts->label.security_version);
	print_signer("commands", &facts->csf_certificate, facts->csf_time);
	print_signer("image", &facts->image_certificate, facts->image_time);
	for (size_t i = 0; i < facts->unlock_count; i++) {
		text_add(&t, i ? ", " : "");
		describe_unlock(&t, facts->unlocks[i].engine, facts->unlocks[i].features);
	}
	printf("unlocks   %s\n", facts->unlock_count ? unlocks : "nothing");
}

static void json_signer(struct text *json, const char *name, const struct der *certificate,
	time_t time)
{
	char line[DESCRIBE_SIZE];
	struct text t = TEXT_IN(line);

	describe_signer(&t, certificate, time);
	json_string(json, name, line);
}

static void json_facts(struct text *json, const struct request *r, const struct hab_facts *facts)
{
	json_number(json, "load_address", r->query.load_address);
	json_number(json, "size", r->query.size);
	json_number(json, "ivt_offset", facts->ivt_offset);
	json_number(json, "csf_offset", facts->csf_offset);
	json_number(json, "slot", facts->slot);
	json_string(json, "device_type", facts->has_label ? facts->label.device_type : NULL);
	if (facts->has_label)
		json_number(json, "security_version", facts->label.security_version);
	verify_json_blocks(json, "blocks", facts);
	json_signer(json, "csf_signer", &facts->csf_certificate, facts->csf_time);
	json_signer(json, "image_signer", &facts->image_certificate, facts->image_time);
	json_open(json, "unlocks", '[');
	for (size_t i = 0; i < facts->unlock_count; i++) {
		char line[DESCRIBE_SIZE];
		struct text t = TEXT_IN(line);

		describe_unlock(&t, facts->unlocks[i].engine, facts->unlocks[i].features);
		json_string(json, NULL, line);
	}
	json_close(json, ']');
}

static void print_json(const char *file, const struct request *r, bool packed,
	enum hab_reason reason, const struct hab_facts *facts)
{
	struct text json;

	json_answer(&json, file);
	json_bool(&json, "packed", packed);
	json_string(&json, "mode", r->rom ? "rom" : "strict");
	verify_json_reason(&json, reason, facts->detail);
	if (!reason)
		json_facts(&json, r, facts);
	json_close(&json, '}');
	puts(json.data);
	free(json.data);
}

static int verify(const char *file, struct request *r, const struct kernel_file *k)
{
	bool packed = k->data != k->file;
	struct hab_facts facts;
	enum hab_reason reason;

	r->query.data = k->data;
	r->query.size = k->size;
	reason = hab_check(&r->query, &facts);
	if (r->json)
		print_json(file, r, packed, reason, &facts);
	else if (!reason)
		print_accepted(r, &facts, packed);
	if (fflush(stdout) || ferror(stdout))
		return fail_file("standard output", "cannot be written");
	return verify_answer(file, packed ? "what the packed file holds: " : "", reason, facts.detail);
}

static int unpack_and_verify(const char *name, struct request *r, struct kernel_file *file)
{
	struct verdict verdict = { .file = name };
	struct text json = { .data = NULL };

	kernel_file_unpack(file, &verdict);
	if (!verdict.error)
		return verify(name, r, file);
	if (r->json)
		json_answer(&json, name);
	return answer(&verdict, &json);
}

int hab_verify_main(int argc, char **argv)
{
	struct request request = { .json = false };
	int status = take_request(argc, argv, &request);
	struct kernel_file file;
	uint8_t *fuses;

	if (status)
		return status;
	fuses = read_whole(request.fuses_file, FUSES_FILE_MAX, &request.query.fuses_size);
	if (!fuses)
		return STATUS_USAGE;
	request.query.fuses = fuses;
	status = STATUS_USAGE;
	if (request.imx_boot) {
		status = imx_boot_verify(argv[1], &request.query, request.json);
	} else if (kernel_file_read(argv[1], &file)) {
		status = unpack_and_verify(argv[1], &request, &file);
		kernel_file_close(&file);
	}
	free(fuses);
	return status;
}
