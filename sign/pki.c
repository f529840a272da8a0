// SPDX-License-Identifier: Apache-2.0
// Finds keys and certificates in a PKI directory; see pki.h.

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pki-tree.h"
#include "sign.h"

#define URI_MAX 1024

#define CERTIFICATE_END "_crt.pem"

// The parts of a role's names. A tail belongs to the HAB tree, a purpose to the rest.
static const struct name {
	const char *head, *series, *tail, *purpose;
} names[] = {
	[PKI_CA] = { "CA", "", "_v3_ca", NULL },
	[PKI_SRK] = { "SRK", "", "_v3_ca", NULL },
	[PKI_CSF] = { "CSF", "_1", "_v3_usr", NULL },
	[PKI_IMG] = { "IMG", "_1", "_v3_usr", NULL },
	[PKI_KERNEL] = { "kernel", "", "", " kernel signing" },
	[PKI_MODULE] = { "module", "", "", " module signing" },
	[PKI_INSTALLER] = { "installer", "", "", " installer signing" },
};

void pki_add_name(struct text *t, enum pki_role role, unsigned int slot, const char *bits)
{
	const struct name *name = &names[role];

	text_add(t, name->head);
	if (name->purpose)
		return;
	text_add_number(t, slot + 1);
	text_add(t, name->series);
	text_add(t, "_sha256_");
	text_add(t, bits);
	text_add(t, "_65537");
	text_add(t, name->tail);
}

const char *pki_purpose(enum pki_role role)
{
	return names[role].purpose;
}

bool pki_names(const X509 *certificate, enum pki_role role)
{
	return pki_subject_says(certificate, NID_commonName, names[role].purpose, false);
}

bool pki_has_purpose(const X509 *certificate, enum pki_role role)
{
	// libcrypto keeps what it read of the extensions in the certificate.
	X509 *certificate_cache = (X509 *)(uintptr_t)certificate;
	uint32_t flags = X509_get_extension_flags(certificate_cache);
	bool is_ca = flags & EXFLAG_CA;

	if (flags & EXFLAG_INVALID)
		return false;
	if (role == PKI_CA || role == PKI_SRK)
		return is_ca;
	if (!names[role].purpose)
		return !is_ca;
	return !is_ca && X509_get_key_usage(certificate_cache) == KU_DIGITAL_SIGNATURE &&
	       X509_get_extended_key_usage(certificate_cache) == XKU_CODE_SIGN &&
	       pki_names(certificate, role);
}

// Finds the one file in crts that has the role's name. Returns its path for free(), or NULL, said.
static char *find_certificate(const char *directory, enum pki_role role, unsigned int slot)
{
	char pattern[NAME_MAX], *crts = NULL, *found = NULL;
	struct text t = TEXT_IN(pattern);
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	pki_add_name(&t, role, slot, PKI_ANY_BITS);
	text_add(&t, CERTIFICATE_END);
	dir = asprintf(&crts, "%s/crts", directory) < 0 ? NULL : opendir(crts);
	if (!dir)
		fail_file(crts ? crts : directory, "cannot be read: %s", strerror(errno));
	while (dir && (entry = readdir(dir))) {
		if (!fnmatch(pattern, entry->d_name, 0) && !count++ &&
			asprintf(&found, "%s/%s", crts, entry->d_name) < 0)
			found = NULL;
	}
	if (dir && (count != 1 || !found)) {
		fail_file(crts, "has %s certificate %s", count ? "more than one" : "no", pattern);
		free(found);
		found = NULL;
	}
	if (dir)
		closedir(dir);
	free(crts);
	return found;
}

static int read_for_role(const char *file, enum pki_role role, X509 **ret)
{
	X509 *certificate = certificate_read(file);

	if (!certificate)
		return STATUS_USAGE;
	if (!pki_has_purpose(certificate, role)) {
		X509_free(certificate);
		return refuse_file(file, "is no certificate for what its name says");
	}
	*ret = certificate;
	return 0;
}

// The boot ROM would refuse what is signed with any other: better here than on the device.
static int check_srk(const char *directory, unsigned int slot, X509 *certificate)
{
	X509 *srk = pki_certificate(directory, PKI_SRK, slot);
	bool good = srk && X509_verify(certificate, X509_get0_pubkey(srk)) == 1;

	X509_free(srk);
	if (!srk)
		return STATUS_USAGE;
	return good ? 0 : refuse_file(directory,
		"a certificate of slot %u is not signed by the slot's SRK", slot);
}

// Finds a certificate, and the file that it is in. Returns 0 or an exit status, said.
static int open_certificate(const char *directory, enum pki_role role, unsigned int slot,
	char **ret_file, X509 **ret)
{
	char *file = find_certificate(directory, role, slot);
	X509 *certificate = NULL;
	int status = file ? read_for_role(file, role, &certificate) : STATUS_USAGE;

	if (!status && (role == PKI_CSF || role == PKI_IMG))
		status = check_srk(directory, slot, certificate);
	if (status) {
		X509_free(certificate);
		free(file);
		return status;
	}
	*ret_file = file;
	*ret = certificate;
	return 0;
}

X509 *pki_certificate(const char *directory, enum pki_role role, unsigned int slot)
{
	X509 *certificate;
	char *file;

	if (open_certificate(directory, role, slot, &file, &certificate))
		return NULL;
	free(file);
	return certificate;
}

// The first line of a file that names a key in a token, for free(), or NULL, said.
static char *read_uri(const char *file)
{
	size_t size;
	char *uri = (char *)read_whole(file, URI_MAX, &size);

	if (!uri)
		return NULL;
	if (size <= URI_MAX) {
		uri[size] = '\0'; // read_whole() has room for one byte more
		uri[strcspn(uri, "\n")] = '\0';
	}
	if (size > URI_MAX || strncmp(uri, "pkcs11:", 7)) {
		fail_file(file, "holds no pkcs11: URI");
		free(uri);
		return NULL;
	}
	return uri;
}

/*
 * The key that stands beside a certificate: keys/NAME_key.pem, or what keys/NAME_key.uri says.
 * Returns it for free(), or NULL, said.
 */
static char *find_key(const char *directory, const char *certificate)
{
	const char *name = strrchr(certificate, '/') + 1;
	int length = (int)(strlen(name) - strlen(CERTIFICATE_END));
	char *pem = NULL, *uri = NULL, *key = NULL;

	if (asprintf(&pem, "%s/keys/%.*s_key.pem", directory, length, name) < 0 ||
		asprintf(&uri, "%s/keys/%.*s_key.uri", directory, length, name) < 0)
		abort();
	if (!access(pem, F_OK) && !access(uri, F_OK))
		fail_file(uri, "stands beside a key file: one of both must go");
	else if (!access(uri, F_OK))
		key = read_uri(uri);
	else if (!access(pem, F_OK))
		key = strdup(pem);
	else
		fail_file(pem, "there is no such key");
	free(pem);
	free(uri);
	return key;
}

int pki_signer(const char *directory, enum pki_role role, unsigned int slot,
	const struct secrets *secrets, struct signer *ret)
{
	char *file, *key;
	X509 *certificate;
	int status = open_certificate(directory, role, slot, &file, &certificate);

	if (status)
		return status;
	X509_free(certificate);
	key = find_key(directory, file);
	status = key ? signer_open(key, file, secrets, ret) : STATUS_USAGE;
	free(key);
	free(file);
	return status;
}

static int parse_revoked(const char *file, unsigned int *ret_mask)
{
	size_t size, line;
	char *text = (char *)read_whole(file, URI_MAX, &size);
	uint32_t mask;
	bool good;

	if (!text)
		return STATUS_USAGE;
	text[size < URI_MAX ? size : URI_MAX] = '\0';
	line = strcspn(text, "\n");
	good = text[line] && line + 1 == size;
	text[line] = '\0';
	good = good && !text_parse_number(text, (1u << PKI_REVOCABLE_SLOTS) - 1, &mask);
	free(text);
	if (!good)
		return fail_file(file,
			"holds no mask of revoked slots: one line, a decimal number, 0 to %u. "
			"Where two people each revoked a slot, one number with the bits of both",
			(1u << PKI_REVOCABLE_SLOTS) - 1);
	*ret_mask = mask;
	return 0;
}

int pki_revoked(const char *directory, unsigned int *ret_mask)
{
	char *file;
	int status = 0;

	if (asprintf(&file, "%s/" PKI_REVOKED_FILE, directory) < 0)
		return fail_file(directory, "no memory");
	if (!access(file, F_OK) || errno != ENOENT)
		status = parse_revoked(file, ret_mask);
	else
		*ret_mask = 0;
	free(file);
	return status;
}
