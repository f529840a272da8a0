// SPDX-License-Identifier: Apache-2.0
// bbctl image: a kernel file as init unpacks and checks it, and its signature as the kernel does.

#include <openssl/err.h>
#include <openssl/pem.h>

#include "bbctl.h"
#include "kernel-file.h"

const char image_help[] =
	"usage: bbctl image FILE [--cert PEM] [--json]\n"
	"\n"
	"Checks a kernel, Image or Image.gz, as the bootloader does: unpacks it within its bound,\n"
	"checks the headers and the form of the signature, and compares the digest in the signature\n"
	"with the file.\n"
	"\n"
	"  --cert PEM   verify the signature with this certificate, which must be the signer's own;\n"
	"               without it nothing is said about who signed\n";

static X509 *read_certificate(const char *file)
{
	BIO *bio = BIO_new_file(file, "r");
	X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	return certificate;
}

static int look_at(const char *file, X509 *certificate, bool as_json)
{
	struct verdict verdict = { .file = file };
	struct text json = { .data = NULL };
	struct kernel_file kernel;
	int status;

	if (!kernel_file_read(file, &kernel))
		return STATUS_USAGE;
	if (as_json)
		json_answer(&json, file);
	kernel_file_unpack(&kernel, &verdict);
	if (!verdict.error)
		kernel_file_check(&kernel, certificate, &verdict);
	kernel_file_print(&kernel, certificate, &json);
	status = answer(&verdict, &json);
	kernel_file_close(&kernel);
	return status;
}

int image_main(int argc, char **argv)
{
	const char *file = NULL;
	bool as_json = false;
	const struct command_option options[] = {
		{ "--json", &as_json, NULL }, { "--cert", NULL, &file }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;
	X509 *certificate = NULL;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (file) {
		certificate = read_certificate(file);
		if (!certificate)
			return fail_file(file, "no certificate in PEM form");
	}
	status = look_at(argv[1], certificate, as_json);
	X509_free(certificate);
	return status;
}
