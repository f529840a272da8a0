// SPDX-License-Identifier: Apache-2.0
// bbsign kernel: signs a kernel so that the bootloader starts it, and verifies such a signature.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code-signer.h"
#include "error.h"
#include "gzip.h"
#include "kernel-file.h"
#include "pe.h"
#include "sign.h"
#include "signature.h"
#include "variant.h"

const char kernel_help[] =
	"usage: bbsign kernel (--pki DIR | --key KEY --cert PEM) [--security-version N] [--gzip]\n"
	"                     [--replace] [--passphrase-file F] [--pin-file F] -o OUT IN\n"
	"       bbsign kernel --service URL --token-file F [--ca-file F] --key-id ID --cert PEM\n"
	"                     [--security-version N] [--gzip] [--replace] -o OUT IN\n"
	"       bbsign kernel --verify (--pki DIR | --cert PEM) [--minimum-version N] [--json]\n"
	"                     FILE\n"
	"\n"
	"Signs an arm64 kernel, Image or Image.gz, so that the bootloader starts it: with an\n"
	"Authenticode signature, which lies inside a packed file. OUT is packed when IN is, and it is\n"
	"verified before it is written.\n"
	"\n"
	"  --pki DIR             sign with the kernel key of this PKI (bbsign pki makes one)\n"
	"  --key KEY --cert PEM  sign with this key, a PEM file or a pkcs11: URI; the certificate must\n"
	"                        be one for signing code, and not one for modules or installers\n"
	"  --passphrase-file F   the first line of F opens the key file; without it you are asked\n"
	"  --pin-file F          the first line of F opens the token\n"
	"  --security-version N  what a bootloader with a higher minimum-version refuses; without it 0.\n"
	"                        Raise it with each release that closes a hole, never lower it\n"
	"  --replace             IN may be signed: that signature is taken off first. If it has a\n"
	"                        security version, --security-version must be there too\n"
	"  --gzip                OUT is packed in any case\n"
	"  --verify              say whether FILE is signed by this certificate's key; write nothing\n"
	"  --minimum-version N   refuse a lower security version, as a bootloader with it does\n"
	SERVICE_HELP
	"  --key-id ID           the key there; --cert is its certificate, and yours to trust\n"
	"\n"
	"A production key signs no development kernel: none whose release (uname -r) has\n"
	"\"-development\" in it, and none with a development certificate inside. With\n"
	"SOURCE_DATE_EPOCH set, the same IN and key give the same OUT; kernels want that time to be\n"
	"within the certificate's dates.\n"
	"\n"
	"  bbsign kernel --pki pki --passphrase-file passphrase --security-version 3 -o signed Image\n";

struct request {
	struct code_signer_words words;
	const char *out, *version_word, *minimum_word;
	uint32_t version, minimum;
	bool gzip, replace, verify, json;
};

// What a bootloader asks of a kernel, and that nothing in it is there that no signature covers.
static void verify(struct kernel_file *k, X509 *certificate, uint32_t minimum,
	struct verdict *verdict)
{
	const char *development;

	kernel_file_check(k, certificate, verdict);
	if (verdict->error)
		return;
	development = pki_is_development(certificate) ? NULL : variant_refusal(k->data, k->size);
	if (!pe_is_canonical(k->data, k->size, &k->image, certificate))
		refuse(verdict, BB_KERNEL_SIGNATURE_FORM,
			"the signature is good, but what it does not cover (CheckSum, certificate table, "
			"certificate) was changed, or made by another tool");
	else if (k->image.security_version < minimum)
		refuse(verdict, BB_KERNEL_VERSION, "%u, and %u is the minimum",
			k->image.security_version, minimum);
	else if (development)
		refuse(verdict, BB_KERNEL_REFUSED, "a production key signed it, but %s",
			development);
}

static int verify_file(const struct request *r, const char *file)
{
	struct verdict verdict = { .file = file };
	struct text json = { .data = NULL };
	struct kernel_file k;
	X509 *certificate;
	int status = code_certificate_open("kernel", &r->words, PKI_KERNEL, &certificate);

	if (status)
		return status;
	if (kernel_file_read(file, &k)) {
		if (r->json)
			json_answer(&json, file);
		kernel_file_unpack(&k, &verdict);
		if (!verdict.error)
			verify(&k, certificate, r->minimum, &verdict);
		kernel_file_print(&k, true, &json);
		status = answer(&verdict, &json);
		kernel_file_close(&k);
	} else {
		status = STATUS_USAGE;
	}
	X509_free(certificate);
	return status;
}

// Returns 0 or an exit status, said.
static int sign(struct pe *pe, const struct signer *signer, const char *in)
{
	struct signed_data s = { .form = SIGNED_DATA_AUTHENTICODE,
		.certificate = signer->certificate, .time = signing_time() };
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;
	size_t size;

	if (!signature_digest(pe->data, &pe->image, s.digest))
		return fail_file(in, "libcrypto makes no digest of it");
	size = code_sign(&s, signer, in, buffer, &start);
	if (!size)
		return STATUS_USAGE;
	pe_attach(pe, start, size);
	return 0;
}

/*
 * A service's signature. What it sends must be the Image that it was sent, with one signature where
 * this tool puts it, to the byte; whose signature that is remains to be seen.
 */
static int sign_remotely(const struct code_signer_words *words, const char *in, struct pe *pe)
{
	struct image image;
	uint8_t *made;
	size_t size;
	int status = service_kernel(&words->service, words->key_id, pe->data, pe->size,
		pe->size + PE_GROWTH, &made, &size);

	if (status)
		return status;
	if (image_parse(made, size, &image) || image.signature_size > SIGNED_DATA_MAX) {
		status = refuse_file(in, "what the service sent is no Image with one signature");
	} else {
		pe_attach(pe, made + image.signature_offset, image.signature_size);
		if (pe->size != size || memcmp(pe->data, made, size))
			status = refuse_file(in, "what the service sent is another Image");
	}
	free(made);
	return status;
}

// Makes the signed Image out of the one in k. Returns 0 or an exit status, said.
static int make(const struct request *r, const struct kernel_file *k, const struct signer *signer,
	const char *in, struct pe *ret)
{
	struct pe pe = { malloc(k->size + PE_GROWTH), k->size, { 0 } };
	struct image before;
	bool lowers = false;
	const char *wrong;
	int status;

	if (!pe.data)
		return fail_file(in, "no memory to sign it");
	memcpy(pe.data, k->data, k->size);
	if (r->replace && !image_parse(pe.data, pe.size, &before)) {
		lowers = before.security_version && !r->version_word;
		pe_strip(&pe);
	}
	wrong = pe_prepare(&pe, r->version);
	if (!wrong && lowers)
		wrong = "its signature has a security version: say with --security-version which one "
			"the new signature is to have";
	if (!wrong && !pki_is_development(signer->certificate))
		wrong = variant_refusal(pe.data, pe.size);
	if (wrong)
		status = refuse_file(in, "%s", wrong);
	else
		status = signer->key ? sign(&pe, signer, in) : sign_remotely(&r->words, in, &pe);
	if (status)
		free(pe.data);
	else
		*ret = pe;
	return status;
}

// The result as it will be read: unpacked and verified before anybody else has to. Frees the data.
static int write_verified(const struct request *r, uint8_t *data, size_t size, X509 *certificate)
{
	struct kernel_file k = { .file = data, .data = data, .file_size = size, .size = size };
	struct verdict verdict = { .file = r->out };
	struct text no_json = { .data = NULL };
	int status;

	kernel_file_unpack(&k, &verdict);
	if (!verdict.error)
		verify(&k, certificate, r->version, &verdict);
	status = answer(&verdict, &no_json);
	if (!status)
		status = write_whole(r->out, 0644, data, size);
	if (!status)
		printf("%s: signed by %s, security version %u\n", r->out, k.image.signature.signer,
			k.image.security_version);
	kernel_file_close(&k);
	return status;
}

static int sign_unpacked(const struct request *r, const struct kernel_file *k,
	const struct signer *signer, const char *in)
{
	uint8_t *packed = NULL;
	size_t size;
	struct pe pe = { .data = NULL };
	int status = make(r, k, signer, in, &pe);

	if (status)
		return status;
	if (k->data == k->file && !r->gzip)
		return write_verified(r, pe.data, pe.size, signer->certificate);
	if (gzip_pack(pe.data, pe.size, &packed, &size))
		status = fail_file(in, "no memory to pack it");
	else
		status = write_verified(r, packed, size, signer->certificate);
	free(pe.data);
	return status;
}

static int sign_file(const struct request *r, const char *in)
{
	struct verdict verdict = { .file = in };
	struct text no_json = { .data = NULL };
	struct signer signer;
	struct kernel_file k;
	int status = code_signer_open("kernel", &r->words, PKI_KERNEL, &signer);

	if (status)
		return status;
	status = STATUS_USAGE;
	if (kernel_file_read(in, &k)) {
		kernel_file_unpack(&k, &verdict);
		status = verdict.error ? answer(&verdict, &no_json) :
			sign_unpacked(r, &k, &signer, in);
		kernel_file_close(&k);
	}
	signer_close(&signer);
	return status;
}

static int take_version(const char *option, const char *word, uint32_t *ret)
{
	return word && text_parse_number(word, UINT32_MAX, ret) ?
		fail_usage("kernel", "%s takes a number, 0 to %u", option, UINT32_MAX) : 0;
}

int kernel_main(int argc, char **argv)
{
	struct request r = { .out = NULL };
	const struct command_option options[] = { CODE_SIGNER_OPTIONS(&r.words),
		{ "-o", NULL, &r.out }, { "--security-version", NULL, &r.version_word },
		{ "--minimum-version", NULL, &r.minimum_word }, { "--gzip", &r.gzip, NULL },
		{ "--replace", &r.replace, NULL }, { "--verify", &r.verify, NULL },
		{ "--json", &r.json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (take_version("--security-version", r.version_word, &r.version) ||
		take_version("--minimum-version", r.minimum_word, &r.minimum))
		return STATUS_USAGE;
	if (r.verify) {
		if (r.out || r.version_word || r.gzip || r.replace)
			return fail_usage(argv[0], "--verify signs nothing, and writes nothing");
		return verify_file(&r, argv[1]);
	}
	if (!r.out)
		return fail_usage(argv[0], "needs -o, or --verify");
	if (r.minimum_word || r.json)
		return fail_usage(argv[0], "--minimum-version and --json belong to --verify");
	return sign_file(&r, argv[1]);
}
