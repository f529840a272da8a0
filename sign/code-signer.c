// SPDX-License-Identifier: Apache-2.0
// Keys that sign code; see code-signer.h.

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "code-signer.h"
#include "sign.h"

static const char *extension_fault(X509 *certificate)
{
	uint32_t flags = X509_get_extension_flags(certificate);

	if (flags & EXFLAG_CA)
		return "it is a CA's";
	if (!(X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE))
		return "its key usage is not digital signature";
	if (!(flags & EXFLAG_XKUSAGE) ||
		!(X509_get_extended_key_usage(certificate) & XKU_CODE_SIGN))
		return "its extended key usage is not code signing";
	return NULL;
}

/*
 * Linux takes any certificate that was built into a kernel for all that this kernel verifies,
 * whatever its extensions say: what keeps the keys apart is that they are not mixed up here.
 */
static const char *purpose_fault(X509 *certificate, enum pki_role role, bool may_be_silent)
{
	uint32_t flags = X509_get_extension_flags(certificate);
	bool is_silent = flags & EXFLAG_SS && !(flags & (EXFLAG_KUSAGE | EXFLAG_XKUSAGE));
	const char *fault = NULL;

	if (flags & EXFLAG_INVALID)
		return "its extensions cannot be read";
	if (!may_be_silent || !is_silent)
		fault = extension_fault(certificate);
	if (fault)
		return fault;
	if (role != PKI_KERNEL && pki_names(certificate, PKI_KERNEL))
		return "it is for kernels";
	if (role != PKI_MODULE && pki_names(certificate, PKI_MODULE))
		return "it is for modules";
	if (role != PKI_INSTALLER && pki_names(certificate, PKI_INSTALLER))
		return "it is for installers";
	return NULL;
}

static const char *const signed_by[] = {
	[PKI_KERNEL] = "kernels", [PKI_MODULE] = "modules", [PKI_INSTALLER] = "manifests of installers",
};

/*
 * may_be_silent: a certificate that was not made for this project may say nothing of its purpose.
 * balena-sign's are so: self-signed, with no usage, and a CA's because that is what openssl req
 * makes.
 */
static int check_purpose(
	const char *file, X509 *certificate, enum pki_role role, bool may_be_silent)
{
	const char *fault = purpose_fault(certificate, role, may_be_silent);

	return fault ? refuse_file(file, "this certificate does not sign %s: %s", signed_by[role], fault)
		     : 0;
}

// The certificate that --cert names, to verify with. Returns 0 or an exit status, said.
static int read_certificate(const char *file, enum pki_role role, X509 **ret)
{
	X509 *certificate = certificate_read(file);
	int status = certificate ? check_purpose(file, certificate, role, true) : STATUS_USAGE;

	if (status)
		X509_free(certificate);
	else
		*ret = certificate;
	return status;
}

// The service's certificate, without which nothing that it answers could be verified.
static int open_remote(const char *command, const struct code_signer_words *words,
	enum pki_role role, struct signer *ret)
{
	if (words->pki || words->key || words->secrets.passphrase_file || words->secrets.pin_file)
		return fail_usage(command, "--service signs with its own key: no --pki, no --key");
	if (!words->certificate || !words->key_id || !words->service.token_file)
		return fail_usage(command, "--service needs --token-file, --key-id and --cert");
	ret->key = NULL;
	return read_certificate(words->certificate, role, &ret->certificate);
}

int code_signer_open(const char *command, const struct code_signer_words *words, enum pki_role role,
	struct signer *ret)
{
	struct signer signer = { NULL, NULL };
	int status;

	if (words->service.url)
		return open_remote(command, words, role, ret);
	if (service_is_stray(&words->service) || words->key_id)
		return fail_usage(command,
			"--token-file, --ca-file, --timeout and --key-id belong to --service");
	if (words->pki && !words->key && !words->certificate)
		return pki_signer(words->pki, role, 0, &words->secrets, ret);
	if (words->pki || !words->key || !words->certificate)
		return fail_usage(command, "needs --pki, or --key and --cert, or --service");
	status = signer_open(words->key, words->certificate, &words->secrets, &signer);
	if (!status)
		status = check_purpose(words->certificate, signer.certificate, role, false);
	if (status)
		signer_close(&signer);
	else
		*ret = signer;
	return status;
}

size_t code_sign(struct signed_data *s, const struct signer *signer, const char *file,
	uint8_t buffer[static SIGNED_DATA_MAX], const uint8_t **ret_start)
{
	const char *why;
	size_t size;

	if (signed_data_sign(s, signer->key)) {
		why = ERR_reason_error_string(ERR_peek_last_error());
		ERR_clear_error();
		fail_file(file, "the key did not sign it, or not as its certificate says: %s",
			why ? why : "no reason given");
		return 0;
	}
	size = signed_data_write(s, buffer, ret_start);
	if (!size)
		fail_file(file, "no room for a signature with this certificate");
	return size;
}

int code_certificate_open(
	const char *command, const struct code_signer_words *words, enum pki_role role, X509 **ret)
{
	if (!words->pki == !words->certificate || words->key || words->service.url)
		return fail_usage(command, "--verify needs --pki or --cert, and no key");
	if (words->pki) {
		*ret = pki_certificate(words->pki, role, 0);
		return *ret ? 0 : STATUS_USAGE;
	}
	return read_certificate(words->certificate, role, ret);
}
