// SPDX-License-Identifier: Apache-2.0
// bbsign hab: signs a kernel or a device tree so that U-Boot accepts it, with the ROM's code.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gzip.h"
#include "hab-check.h"
#include "hab-payload.h"
#include "hab-service.h"
#include "hab-sign.h"
#include "kernel-file.h"
#include "pki.h"
#include "sign.h"
#include "srk-pki.h"
#include "variant.h"

const char hab_help[] =
	"usage: bbsign hab --pki DIR [--passphrase-file F] [--pin-file F]\n"
	"                  --slot N --load-addr ADDR [--ivt-offset N] [--revoked MASK] [--fuses FILE]\n"
	"                  [--device-type TYPE --security-version N] -o OUT IN\n"
	"       bbsign hab --service URL --token-file F [--ca-file F] --pki-id ID [--bits N]\n"
	"                  --slot N --load-addr ADDR ... --fuses FILE -o OUT IN\n"
	"\n"
	"Signs a kernel (Image, or Image.gz, of which the inside is signed) or a device tree\n"
	"(DTB) for HABv4: pads it to a multiple of 12288, appends the image vector table and the\n"
	"command sequence file with both signatures. The result is verified as bbsign hab-verify\n"
	"does before it is written. OUT is packed when IN is.\n"
	"\n"
	"  --pki DIR            the keys and certificates, made by bbsign pki or NXP's scripts\n"
	"  --passphrase-file F  the first line of F opens the key files; without it you are asked\n"
	"  --pin-file F         the first line of F opens the token that holds the keys\n"
	"  --slot N             which of the four SRKs, 0 to 3; the same for all of a release\n"
	"  --load-addr ADDR     where U-Boot loads the file to, such as 0x40480000\n"
	"  --ivt-offset N       where in OUT the image vector table is to lie, a multiple of 12288: U-Boot\n"
	"                       has it in its environment, so all releases of a device type need one;\n"
	"                       without it, the first that there is room for\n"
	"  --device-type TYPE, --security-version N\n"
	"                       what OUT is to say of itself, under the signature: bbctl install puts\n"
	"                       it on no other device type, and not over a higher version\n"
	"  --revoked MASK       slots that are revoked on devices, 0 to 7, besides those that DIR\n"
	"                       says are; signing for one of them is refused\n"
	"  --fuses FILE         refuse if devices with these fuses would not accept it\n"
	SERVICE_HELP
	"  --pki-id ID           the PKI there\n"
	"  --bits N              the size of its keys; 4096\n"
	"\n"
	"A production key signs no development kernel: none whose release (uname -r) has\n"
	"\"-development\" in it, and none with a development certificate inside. With\n"
	"SOURCE_DATE_EPOCH set, the same IN and keys give the same OUT. A service gets the whole\n"
	"payload: its API takes nothing smaller. What it answers is nothing but a proposal, and\n"
	"verified with the fuse file, which is yours.\n"
	"\n"
	"Example:\n"
	"  bbsign hab --pki pki --passphrase-file passphrase --slot 0 --load-addr 0x40480000 \\\n"
	"      -o Image.gz.signed Image.gz\n";

struct request {
	const char *pki, *slot_word, *load_word, *offset_word, *version_word, *revoked_word;
	const char *device_type, *fuses, *out;
	struct secrets secrets;
	struct hab_service remote; // its service's url is NULL: the keys are here
	unsigned int slot, revoked;
	uint32_t load;
	size_t ivt_offset; // 0: the first that there is room for
	size_t label_size; // 0: no label
	struct hab_label label;
};

// A file in memory that grows: what is signed, and then its signature.
struct signed_file {
	uint8_t *data;
	size_t size;
};

// Either keys that are here, or those of a service. Returns NULL or what is missing or too much.
static const char *keys_fault(const struct request *r)
{
	const struct hab_service *remote = &r->remote;
	const struct service *s = &remote->service;

	if (!s->url) {
		if (service_is_stray(s) || remote->pki_id || remote->bits)
			return "--token-file, --ca-file, --timeout, --pki-id and --bits belong to "
			       "--service";
		return r->pki ? NULL : "needs --pki or --service";
	}
	if (r->pki || r->secrets.passphrase_file || r->secrets.pin_file)
		return "--service has keys of its own: no --pki, --passphrase-file or --pin-file";
	return s->token_file && remote->pki_id && r->fuses ? NULL :
		"--service needs --token-file, --pki-id and --fuses";
}

static int take_offset(const char *command, struct request *r)
{
	uint64_t offset = HAB_PAD;

	if (r->offset_word && (!parse_number(r->offset_word, SIGN_FILE_MAX, &offset) || !offset ||
				      offset % HAB_PAD))
		return fail_usage(command, "--ivt-offset %s is no multiple of %u", r->offset_word,
			HAB_PAD);
	r->ivt_offset = r->offset_word ? (size_t)offset : 0;
	return 0;
}

static int take_label(const char *command, struct request *r)
{
	uint64_t version;

	if (!r->device_type && !r->version_word)
		return 0;
	if (!r->device_type || !r->version_word)
		return fail_usage(command, "--device-type and --security-version belong together");
	if (!hab_is_device_type(r->device_type))
		return fail_usage(command, "--device-type %s is none: letters, digits, and any of -_., "
			"at most %u of them", r->device_type, HAB_DEVICE_TYPE_SIZE - 1);
	if (!parse_number(r->version_word, UINT32_MAX, &version))
		return fail_usage(command, "--security-version %s is no number of 32 bits",
			r->version_word);
	r->label.security_version = (uint32_t)version;
	memcpy(r->label.device_type, r->device_type, strlen(r->device_type) + 1);
	r->label_size = HAB_LABEL_SIZE;
	return 0;
}

static int take_request(int argc, char **argv, struct request *r)
{
	const struct command_option options[] = { { "--pki", NULL, &r->pki },
		{ "--passphrase-file", NULL, &r->secrets.passphrase_file },
		{ "--pin-file", NULL, &r->secrets.pin_file }, { "--slot", NULL, &r->slot_word },
		{ "--load-addr", NULL, &r->load_word }, { "--ivt-offset", NULL, &r->offset_word },
		{ "--device-type", NULL, &r->device_type },
		{ "--security-version", NULL, &r->version_word }, { "--revoked", NULL, &r->revoked_word },
		{ "--fuses", NULL, &r->fuses }, SERVICE_OPTIONS(&r->remote.service),
		{ "--pki-id", NULL, &r->remote.pki_id }, { "--bits", NULL, &r->remote.bits },
		{ "-o", NULL, &r->out }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);
	const char *fault = keys_fault(r);
	uint64_t slot, load;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (fault)
		return fail_usage(argv[0], "%s", fault);
	if (!r->slot_word || !r->load_word || !r->out)
		return fail_usage(argv[0], "needs --slot, --load-addr and -o");
	if (!parse_number(r->slot_word, HAB_SLOTS - 1, &slot))
		return fail_usage(argv[0], "--slot %s is none of 0 to 3", r->slot_word);
	if (!parse_number(r->load_word, UINT32_MAX, &load))
		return fail_usage(argv[0], "--load-addr %s is no address of 32 bits", r->load_word);
	r->slot = (unsigned int)slot;
	r->load = (uint32_t)load;
	r->remote.fuses = r->fuses;
	if (take_offset(argv[0], r) || take_label(argv[0], r))
		return STATUS_USAGE;
	return take_revoked(argv[0], r->revoked_word, &r->revoked);
}

// With the zeros, the label and the IVT.
static size_t signed_size(const struct request *r, const struct hab_payload *payload)
{
	return r->ivt_offset ? r->ivt_offset + HAB_IVT_SIZE :
		hab_payload_padded(payload, r->label_size);
}

// Before any key is asked for.
static int check_order(struct request *r, const char *in, const struct hab_payload *payload)
{
	const char *wrong = hab_payload_place(payload, r->load);
	unsigned int of_pki = 0;
	int status = r->pki ? pki_revoked(r->pki, &of_pki) : 0;

	if (status)
		return status;
	r->revoked |= of_pki;
	if (wrong)
		return refuse_file(in, "it cannot be loaded to 0x%08" PRIx32 ": %s", r->load,
			wrong);
	if (signed_size(r, payload) < hab_payload_padded(payload, r->label_size))
		return refuse_file(in, "it has %zu bytes, and there is no room for it and its label "
			"in front of the IVT at %zu", payload->size, r->ivt_offset);
	if (r->revoked & 1u << r->slot)
		return refuse_file(in, "slot %u is revoked: devices on which it is would not start "
			"this", r->slot);
	return 0;
}

// Verifies what was made as a device will, whoever made it; that the keys may sign it was their
// side's to decide.
static int check_result(const struct request *r, const struct hab_order *order,
	const struct hab_made *made, const struct signed_file *result)
{
	const struct hab_query query = { .data = result->data, .size = result->size,
		.fuses = made->fuses, .fuses_size = sizeof(made->fuses), .load_address = r->load,
		.revoked = r->revoked, .mode = HAB_STRICT };
	uint8_t fuses[SRK_FUSES_SIZE];
	struct hab_facts facts;
	enum hab_reason reason = hab_check(&query, &facts);
	int status;

	if (reason)
		return refuse_file(order->file, "signed, but the result is not good: %s: %s (%s)",
			hab_reason_name(reason), hab_reason_meaning(reason), facts.detail);
	if (facts.slot != r->slot)
		return refuse_file(order->file, "signed, but for slot %u", facts.slot);
	status = r->fuses ? fuses_read(r->fuses, fuses) : 0;
	if (!status && r->fuses && memcmp(fuses, made->fuses, sizeof(fuses)))
		status = refuse_file(order->file, "devices with the fuses %s would not start it: "
			"they belong to other SRKs", r->fuses);
	return status;
}

static int make_csf(const struct request *r, const struct hab_order *order, struct hab_made *ret)
{
	if (r->remote.service.url)
		return hab_sign_service(order, &r->remote, ret);
	return hab_sign_local(order, r->pki, &r->secrets, ret);
}

static int sign_payload(const struct request *r, const char *in, const struct hab_payload *payload,
	struct signed_file *ret)
{
	size_t size = signed_size(r, payload);
	struct signed_file file = { calloc(1, size + HAB_CSF_MAX), size };
	struct hab_order order = { .file = in, .image = file.data, .size = size, .start = r->load,
		.slot = r->slot };
	struct hab_made made;
	int status;

	if (!file.data)
		return fail_file(in, "no memory to sign it");
	if (payload->is_image)
		order.not_for_production = variant_refusal(payload->data, payload->size);
	memcpy(file.data, payload->data, payload->size);
	if (r->label_size)
		hab_label_write(&r->label, file.data + size - HAB_IVT_SIZE - HAB_LABEL_SIZE);
	hab_write_ivt(r->load, (uint32_t)size, file.data + size - HAB_IVT_SIZE);
	status = make_csf(r, &order, &made);
	if (!status) {
		memcpy(file.data + size, made.csf, made.size);
		file.size += made.size;
		status = check_result(r, &order, &made, &file);
	}
	if (status)
		free(file.data);
	else
		*ret = file;
	return status;
}

static void print_result(const struct request *r, const struct hab_payload *payload, size_t size)
{
	uint64_t runs_at = payload->is_image ? hab_payload_runs_at(payload, r->load) : r->load;

	printf("%s: signed for slot %u, %zu bytes at 0x%08" PRIx32 "\n", r->out, r->slot, size,
		r->load);
	if (runs_at != r->load)
		printf("%s: U-Boot's booti moves it to 0x%08" PRIx64 ", where it runs\n", r->out,
			runs_at);
}

static int write_result(const struct request *r, const struct signed_file *file, bool packed)
{
	struct signed_file gzip = { NULL, 0 };
	int status;

	if (!packed)
		return write_whole(r->out, 0644, file->data, file->size);
	if (gzip_pack(file->data, file->size, &gzip.data, &gzip.size))
		return fail_file(r->out, "no memory to pack it");
	status = write_whole(r->out, 0644, gzip.data, gzip.size);
	free(gzip.data);
	return status;
}

static int sign_unpacked(struct request *r, const char *in, const struct kernel_file *k)
{
	bool packed = k->data != k->file;
	struct hab_payload payload;
	struct signed_file file = { NULL, 0 };
	const char *wrong = hab_payload_parse(k->data, k->size, &payload);
	int status;

	if (!wrong && packed && !payload.is_image)
		wrong = "a device tree packed with gzip, which U-Boot does not unpack: unpack it";
	status = wrong ? refuse_file(in, "%s", wrong) : check_order(r, in, &payload);
	if (!status)
		status = sign_payload(r, in, &payload, &file);
	if (status)
		return status;
	status = write_result(r, &file, packed);
	if (!status)
		print_result(r, &payload, file.size);
	free(file.data);
	return status;
}

int hab_main(int argc, char **argv)
{
	struct request request = { .pki = NULL };
	struct verdict verdict = { .file = NULL };
	struct kernel_file file;
	int status = take_request(argc, argv, &request);

	if (status)
		return status;
	if (!kernel_file_read(argv[1], &file))
		return STATUS_USAGE;
	kernel_file_unpack(&file, &verdict);
	status = verdict.error ? refuse_file(argv[1], "%s", verdict.detail) :
		sign_unpacked(&request, argv[1], &file);
	kernel_file_close(&file);
	return status;
}
