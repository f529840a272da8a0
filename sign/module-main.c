// SPDX-License-Identifier: Apache-2.0
// bbsign module: signs a kernel module as the kernel's sign-file does, and verifies that.

#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code-signer.h"
#include "json.h"
#include "module.h"
#include "sign.h"
#include "variant.h"

const char module_help[] =
	"usage: bbsign module (--pki DIR | --key KEY --cert PEM) [--passphrase-file F]\n"
	"                     [--pin-file F] -o OUT IN\n"
	"       bbsign module --service URL --token-file F [--ca-file F] --key-id ID --cert PEM\n"
	"                     -o OUT IN\n"
	"       bbsign module --verify (--pki DIR | --cert PEM) [--json] FILE\n"
	"\n"
	"Signs a kernel module (.ko, not packed) for arm64, so that a kernel with this certificate\n"
	"built in loads it: byte for byte what the kernel's scripts/sign-file makes with sha256. A\n"
	"service may use sha512 (balena-sign does). A production key signs no module whose kernel's\n"
	"release (vermagic) has \"-development\" in it.\n"
	"\n"
	"  --pki DIR             sign with the module key of this PKI (bbsign pki makes one)\n"
	"  --key KEY --cert PEM  sign with this key, a PEM file or a pkcs11: URI; the certificate must\n"
	"                        be one for signing code, and not one for kernels or installers\n"
	"  --passphrase-file F   the first line of F opens the key file; without it you are asked\n"
	"  --pin-file F          the first line of F opens the token\n"
	"  --verify              say whether FILE is signed by this certificate's key; write nothing\n"
	SERVICE_HELP
	"  --key-id ID           the key there; --cert is its certificate, and yours to trust\n"
	"\n"
	"  bbsign module --pki pki --passphrase-file passphrase -o signed/imx.ko imx.ko\n";

// Returns NULL, or why it is not signed.
static const char *module_fault(const uint8_t *data, size_t size)
{
	if (module_is_signed(data, size))
		return "it is signed already";
	if (!module_is_elf(data, size))
		return "it is no module for arm64; one that is packed is signed before";
	return NULL;
}

// The signature behind the module, which has room for it. Returns 0 or an exit status, said.
static int sign(uint8_t *data, size_t *size, const struct signer *signer, const char *in)
{
	struct signed_data s = { .form = SIGNED_DATA_MODULE, .certificate = signer->certificate };
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;
	const char *wrong;
	size_t length;

	SHA256(data, *size, s.digest);
	length = code_sign(&s, signer, in, buffer, &start);
	if (!length)
		return STATUS_USAGE;
	memcpy(data + *size, start, length);
	module_trailer(length, data + *size + length);
	*size += length + MODULE_TRAILER_SIZE;
	wrong = module_verify(data, *size, signer->certificate);
	return wrong ? refuse_file(in, "%s", wrong) : 0;
}

// Whether an answer is this module, with one signature behind it and nothing else.
static bool is_module_signed(const uint8_t *data, size_t size, const uint8_t *answer,
	size_t answer_size)
{
	uint8_t trailer[MODULE_TRAILER_SIZE];

	if (answer_size < size + MODULE_TRAILER_SIZE || memcmp(answer, data, size))
		return false;
	module_trailer(answer_size - size - MODULE_TRAILER_SIZE, trailer);
	return !memcmp(answer + answer_size - MODULE_TRAILER_SIZE, trailer, MODULE_TRAILER_SIZE);
}

// A service's signature. Returns 0 or an exit status, said.
static int sign_remotely(const struct code_signer_words *words, const char *in, uint8_t *data,
	size_t *size, const X509 *certificate)
{
	const char *wrong;
	uint8_t *answer;
	size_t answer_size;
	int status = service_module(&words->service, words->key_id, data, *size,
		*size + MODULE_GROWTH, &answer, &answer_size);

	if (status)
		return status;
	wrong = is_module_signed(data, *size, answer, answer_size) ?
		module_verify(answer, answer_size, certificate) :
		"it is not this module with a signature";
	if (!wrong) {
		memcpy(data, answer, answer_size);
		*size = answer_size;
	}
	free(answer);
	return wrong ? refuse_file(in, "what the service sent is not good: %s", wrong) : 0;
}

// With room for a signature.
static uint8_t *read_module(const char *file, size_t *ret_size)
{
	uint8_t *data = read_whole(file, SIGN_FILE_MAX + MODULE_GROWTH, ret_size);

	if (data && *ret_size > SIGN_FILE_MAX) {
		fail_file(file, "is larger than %u bytes", SIGN_FILE_MAX);
		free(data);
		data = NULL;
	}
	return data;
}

static int sign_file(const struct code_signer_words *words, const char *in, const char *out)
{
	struct signer signer;
	int status = code_signer_open("module", words, PKI_MODULE, &signer);
	const char *wrong;
	uint8_t *data;
	size_t size;

	if (status)
		return status;
	data = read_module(in, &size);
	wrong = data ? module_fault(data, size) : NULL;
	if (data && !wrong && !pki_is_development(signer.certificate))
		wrong = variant_module_refusal(data, size);
	if (!data)
		status = STATUS_USAGE;
	else if (wrong)
		status = refuse_file(in, "%s", wrong);
	else
		status = signer.key ? sign(data, &size, &signer, in) :
			sign_remotely(words, in, data, &size, signer.certificate);
	if (!status)
		status = write_whole(out, 0644, data, size);
	free(data);
	signer_close(&signer);
	return status;
}

static int answer_module(const char *file, size_t size, const char *wrong, bool as_json)
{
	struct text json;

	if (as_json) {
		json_answer(&json, file);
		json_number(&json, "size", size);
		json_bool(&json, "verified", !wrong);
		if (wrong) {
			json_open(&json, "error", '{');
			json_string(&json, "detail", wrong);
			json_close(&json, '}');
		} else {
			json_null(&json, "error");
		}
		json_close(&json, '}');
		puts(json.data);
		free(json.data);
	} else if (!wrong) {
		printf("%s: verified\n", file);
	}
	return wrong ? refuse_file(file, "%s", wrong) : STATUS_GOOD;
}

// Returns NULL, or what is wrong.
static const char *verify(const uint8_t *data, size_t size, const X509 *certificate)
{
	const char *wrong = module_verify(data, size, certificate);

	if (wrong || pki_is_development(certificate) || !variant_module_refusal(data, size))
		return wrong;
	return "a production key signed it, but its release says that it is for development";
}

static int verify_file(const struct code_signer_words *words, const char *file, bool as_json)
{
	X509 *certificate;
	int status = code_certificate_open("module", words, PKI_MODULE, &certificate);
	uint8_t *data;
	size_t size;

	if (status)
		return status;
	data = read_module(file, &size);
	status = data ? answer_module(file, size, verify(data, size, certificate), as_json) :
		STATUS_USAGE;
	free(data);
	X509_free(certificate);
	return status;
}

int module_main(int argc, char **argv)
{
	struct code_signer_words words = { .pki = NULL };
	const char *out = NULL;
	bool verify = false, as_json = false;
	const struct command_option options[] = { CODE_SIGNER_OPTIONS(&words), { "-o", NULL, &out },
		{ "--verify", &verify, NULL }, { "--json", &as_json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (verify)
		return out ? fail_usage(argv[0], "--verify writes nothing") :
			verify_file(&words, argv[1], as_json);
	if (!out)
		return fail_usage(argv[0], "needs -o, or --verify");
	if (as_json)
		return fail_usage(argv[0], "--json belongs to --verify");
	return sign_file(&words, argv[1], out);
}
