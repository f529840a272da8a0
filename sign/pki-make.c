// SPDX-License-Identifier: Apache-2.0
/*
 * Makes a PKI directory: beside its place, under another name, and moved there when it is whole.
 * What an interrupted run leaves is never taken for a tree.
 */

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pki-tree.h"
#include "secret.h"
#include "sign.h"
#include "token.h"

#define NAME_MAX_SIZE 64 /* X.520: a common name has 64 characters at most */
#define DEFAULT_PREFIX "balena-bootloader"

// A tree under construction.
struct work {
	const struct pki_plan *plan;
	char *directory; // where it is made
	time_t start;
	unsigned int done;
};

static void name_subject(
	const struct pki_plan *plan, enum pki_role role, const char *name, struct text *t)
{
	const char *purpose = pki_purpose(role), *prefix = plan->prefix;

	if (!prefix && purpose)
		prefix = DEFAULT_PREFIX;
	if (prefix)
		text_add(t, prefix);
	if (prefix && !purpose)
		text_add(t, " ");
	text_add(t, purpose ? purpose : name);
}

static EVP_PKEY *make_key(const struct work *work, const char *name)
{
	uint32_t bits;
	EVP_PKEY *key;

	if (text_parse_number(work->plan->bits, UINT32_MAX, &bits))
		return NULL;
	key = EVP_RSA_gen(bits);
	if (!key)
		fail_file(name, "the key cannot be made: %s",
			ERR_reason_error_string(ERR_peek_error()));
	return key;
}

// Opens the key of that name in the token; its URI goes to *ret_uri, for free().
static EVP_PKEY *find_key(const struct work *work, const char *name, char **ret_uri)
{
	char *object;
	EVP_PKEY *key;

	if (asprintf(&object, "object=%s", name) < 0)
		abort();
	*ret_uri = token_add_attribute(work->plan->token, object);
	free(object);
	key = key_open(*ret_uri, &work->plan->secrets);
	if (key && (unsigned long)EVP_PKEY_get_bits(key) != strtoul(work->plan->bits, NULL, 10)) {
		refuse_file(*ret_uri, "this key has %d bits, not %s", EVP_PKEY_get_bits(key),
			work->plan->bits);
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

static int write_uri(const char *file, const char *uri)
{
	char *line;
	int status, size = asprintf(&line, "%s\n", uri);

	if (size < 0)
		abort();
	status = write_whole(file, 0600, (const uint8_t *)line, (size_t)size);
	free(line);
	return status;
}

static int write_key(
	const struct work *work, const char *name, const EVP_PKEY *key, const char *uri)
{
	char *file;
	int status;

	if (asprintf(&file, "%s/keys/%s_key.%s", work->directory, name, uri ? "uri" : "pem") < 0)
		abort();
	status = uri ? write_uri(file, uri) : pki_write_key(file, key, work->plan->passphrase);
	free(file);
	return status;
}

static int write_certificate(const struct work *work, const char *name, const X509 *certificate)
{
	char *file;
	int status;

	if (asprintf(&file, "%s/crts/%s_crt.pem", work->directory, name) < 0)
		abort();
	status = pki_write_certificate(file, certificate);
	free(file);
	return status;
}

static int certify(const struct work *work, enum pki_role role, const char *name,
	const struct signer *issuer, struct signer *signer)
{
	char common_name[NAME_MAX_SIZE + 1];
	struct text t = TEXT_IN(common_name);
	const struct pki_subject subject = { role, common_name, work->plan->is_development,
		work->start, work->plan->days };

	name_subject(work->plan, role, name, &t);
	signer->certificate = pki_certify(&subject, signer->key, issuer);
	if (!signer->certificate)
		return fail_file(name, "the certificate cannot be made: %s",
			ERR_reason_error_string(ERR_peek_error()));
	return write_certificate(work, name, signer->certificate);
}

// One key with its certificate, signed by the issuer, or by itself when that is NULL.
static int make_pair(struct work *work, enum pki_role role, unsigned int slot,
	const struct signer *issuer, struct signer *ret)
{
	char name[NAME_MAX_SIZE + 1], *uri = NULL;
	struct text t = TEXT_IN(name);
	int status;

	pki_add_name(&t, role, slot, work->plan->bits);
	fprintf(stderr, "%s: %u of %d: %s\n", tool_name, ++work->done, PKI_KEYS, name);
	*ret = (struct signer){
		work->plan->token ? find_key(work, name, &uri) : make_key(work, name), NULL
	};
	status = ret->key ? write_key(work, name, ret->key, uri) : STATUS_USAGE;
	if (!status)
		status = certify(work, role, name, issuer, ret);
	free(uri);
	if (status)
		signer_close(ret);
	return status;
}

static int make_leaf(
	struct work *work, enum pki_role role, unsigned int slot, const struct signer *issuer)
{
	struct signer signer;
	int status = make_pair(work, role, slot, issuer, &signer);

	if (!status)
		signer_close(&signer);
	return status;
}

static int make_slot(struct work *work, unsigned int slot, const struct signer *ca)
{
	struct signer srk;
	int status = make_pair(work, PKI_SRK, slot, ca, &srk);

	if (status)
		return status;
	status = make_leaf(work, PKI_CSF, slot, &srk);
	if (!status)
		status = make_leaf(work, PKI_IMG, slot, &srk);
	signer_close(&srk);
	return status;
}

static int make_hab_tree(struct work *work)
{
	struct signer ca;
	int status = make_pair(work, PKI_CA, 0, NULL, &ca);

	if (status)
		return status;
	for (unsigned int slot = 0; !status && slot < PKI_SLOTS; slot++)
		status = make_slot(work, slot, &ca);
	signer_close(&ca);
	return status;
}

static int make_directory(const struct work *work, const char *name, mode_t mode)
{
	char *path;
	int status;

	if (asprintf(&path, "%s/%s", work->directory, name) < 0)
		abort();
	status = mkdir(path, mode) ? fail_file(path, "cannot be made: %s", strerror(errno)) : 0;
	free(path);
	return status;
}

static int fill(struct work *work)
{
	static const enum pki_role others[] = { PKI_KERNEL, PKI_MODULE, PKI_INSTALLER };
	int status = make_directory(work, "keys", 0700);

	if (!status)
		status = make_directory(work, "crts", 0755);
	if (!status)
		status = make_hab_tree(work);
	for (size_t i = 0; !status && i < sizeof(others) / sizeof(others[0]); i++)
		status = make_leaf(work, others[i], 0, NULL);
	return status;
}

// Moves the tree to its place, which may be an empty directory: rename(2) refuses any other.
static int move(struct work *work)
{
	const char *directory = work->plan->directory;
	int error = sync_directory(work->directory);

	if (!error && rename(work->directory, directory))
		error = -errno;
	if (!error)
		error = sync_directory(dirname(work->directory));
	return error ? fail_file(directory, "cannot be made: %s", strerror(-error)) : 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

// Before anything is made, which takes a minute. Returns 0 or an exit status, said.
static int check_place(const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;
	int status = 0;

	if (!dir)
		return errno == ENOENT ? 0 : fail_file(directory, "%s", strerror(errno));
	while (!status && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			status = refuse_file(directory, "is not empty: keys are never replaced");
	}
	closedir(dir);
	return status;
}

int pki_make(const struct pki_plan *plan)
{
	struct work work = { plan, NULL, signing_time(), 0 };
	int status = check_place(plan->directory), length = (int)strlen(plan->directory);

	if (status)
		return status;
	while (length > 1 && plan->directory[length - 1] == '/')
		length--;
	if (asprintf(&work.directory, "%.*s.XXXXXX", length, plan->directory) < 0)
		abort();
	if (!mkdtemp(work.directory)) {
		status = fail_file(plan->directory, "cannot be made: %s", strerror(errno));
	} else {
		status = fill(&work);
		if (!status)
			status = move(&work);
		if (status)
			nftw(work.directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	free(work.directory);
	return status;
}
