// SPDX-License-Identifier: Apache-2.0
// bbsign manifest: makes an installer's root partition, and verifies it as /init does.

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code-signer.h"
#include "json.h"
#include "manifest-make.h"
#include "sign.h"

const char manifest_help[] =
	"usage: bbsign manifest (--pki DIR | --key KEY --cert PEM) [--passphrase-file F]\n"
	"                       [--pin-file F] --device-type NAME --version N -o OUT FILESYSTEM\n"
	"       bbsign manifest --verify (--pki DIR | --cert PEM) [--json] PARTITION\n"
	"\n"
	"Makes the contents of an installer's root partition (flash-rootA): the filesystem, a\n"
	"dm-verity hash tree behind it, and in the last 4096 bytes a manifest with the root hash,\n"
	"signed. The partition must have exactly the size of OUT: the manifest is looked for at its\n"
	"very end.\n"
	"\n"
	"  --pki DIR             sign with the installer key of this PKI (bbsign pki makes one)\n"
	"  --key KEY --cert PEM  sign with this key, a PEM file or a pkcs11: URI; the certificate\n"
	"                        must be one for signing code, and not one for kernels or modules\n"
	"  --passphrase-file F   the first line of F opens the key file; without it you are asked\n"
	"  --pin-file F          the first line of F opens the token\n"
	"  --device-type NAME    the only type of device that it starts on\n"
	"  --version N           devices with a higher minimum-installer do not start it\n"
	"  --verify              say whether PARTITION is whole and signed; write nothing\n"
	"\n"
	"The salt of the hash tree is the filesystem's SHA-256: two runs give the same bytes.\n"
	"\n"
	"  bbsign manifest --pki pki --passphrase-file passphrase --device-type iot-gate-imx8 \\\n"
	"      --version 4 -o flash-rootA root.ext4\n";

/* A file in memory, as long as it is. */
struct mapping {
	uint8_t *data;
	size_t size;
};

static void unmap(struct mapping *mapping)
{
	if (mapping->data)
		munmap(mapping->data, mapping->size);
	mapping->data = NULL;
}

// Returns 0 or a negative errno.
static int map(int fd, size_t size, bool is_new, struct mapping *ret)
{
	void *data = mmap(NULL, size, is_new ? PROT_READ | PROT_WRITE : PROT_READ,
		is_new ? MAP_SHARED : MAP_PRIVATE, fd, 0);

	if (data == MAP_FAILED)
		return errno ? -errno : -ENOMEM;
	*ret = (struct mapping){ data, size };
	return 0;
}

static int map_open(int fd, struct mapping *ret)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !st.st_size)
		return -EINVAL;
	return map(fd, (size_t)st.st_size, false, ret);
}

// Only a file, which is not empty. Returns 0 or a negative errno.
static int map_file(const char *file, struct mapping *ret)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int error = map_open(fd, ret);

	if (fd >= 0)
		close(fd);
	return error;
}

// Fills the partition's memory. Returns 0 or an exit status, said.
static int fill(const struct mapping *filesystem, struct manifest *manifest,
	const struct signer *signer, const char *in, struct mapping *partition)
{
	uint8_t *tree = partition->data + (size_t)manifest->data_blocks * MANIFEST_BLOCK;
	uint8_t *block = partition->data + partition->size - MANIFEST_SIZE;
	const char *wrong;

	memcpy(partition->data, filesystem->data, filesystem->size);
	if (!EVP_Digest(
		    filesystem->data, filesystem->size, manifest->salt, NULL, EVP_sha256(), NULL) ||
		!manifest_make_tree(manifest, partition->data, tree))
		return fail_file(in, "the hash tree cannot be made");
	manifest_write(manifest, block);
	if (!manifest_sign(block, signer->key)) {
		wrong = ERR_reason_error_string(ERR_peek_last_error());
		return fail_file(
			in, "the key did not sign it: %s", wrong ? wrong : "no reason given");
	}
	wrong = manifest_verify(block, signer->certificate);
	return wrong ? refuse_file(in, "%s", wrong) : 0;
}

// A new file, whose room is on the disk. Returns 0 or a negative errno.
static int map_new(int fd, size_t size, struct mapping *ret)
{
	int error = posix_fallocate(fd, 0, (off_t)size);

	return error ? -error : map(fd, size, true, ret);
}

static int finish(int fd, char *made, const char *out)
{
	if (fchmod(fd, 0644) || fsync(fd) || rename(made, out))
		return -errno;
	return sync_directory(dirname(made));
}

// A new file beside OUT. Returns its descriptor or a negative errno; the name is for free().
static int open_beside(const char *out, char **ret_made)
{
	int fd;

	if (asprintf(ret_made, "%s.XXXXXX", out) < 0) {
		*ret_made = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(*ret_made, O_CLOEXEC);
	return fd < 0 && errno ? -errno : fd;
}

// The partition takes OUT's place when it is whole.
static int write_partition(const struct mapping *filesystem, struct manifest *manifest,
	const struct signer *signer, const char *in, const char *out)
{
	size_t size = MANIFEST_BLOCK * (1 + (size_t)manifest->data_blocks +
					       (size_t)manifest_tree_blocks(manifest->data_blocks));
	struct mapping partition = { NULL, 0 };
	char *made;
	int fd = open_beside(out, &made), error, status = 0;

	error = fd < 0 ? fd : map_new(fd, size, &partition);
	if (partition.data)
		status = fill(filesystem, manifest, signer, in, &partition);
	unmap(&partition);
	if (!error && !status)
		error = finish(fd, made, out);
	if (fd >= 0 && (error || status))
		unlink(made);
	if (fd >= 0)
		close(fd);
	free(made);
	return error ? fail_file(out, "cannot be written: %s", strerror(-error)) : status;
}

static int sign_file(const struct code_signer_words *words, struct manifest *manifest,
	const char *in, const char *out)
{
	struct mapping filesystem = { NULL, 0 };
	struct signer signer;
	int status = code_signer_open("manifest", words, PKI_INSTALLER, &signer), error;
	size_t blocks;

	if (status)
		return status;
	error = map_file(in, &filesystem);
	blocks = (filesystem.size + MANIFEST_BLOCK - 1) / MANIFEST_BLOCK;
	manifest->data_blocks = (uint32_t)blocks;
	if (error)
		status = fail_file(in, "cannot be read: %s", strerror(-error));
	else if (blocks < 2 || blocks > UINT32_MAX)
		status =
			refuse_file(in, "is no filesystem: its size is %zu bytes", filesystem.size);
	else
		status = write_partition(&filesystem, manifest, &signer, in, out);
	unmap(&filesystem);
	signer_close(&signer);
	return status;
}

// Returns NULL, or what is wrong.
static const char *verify(const struct mapping *partition, X509 *certificate, struct manifest *ret)
{
	const uint8_t *block;
	const char *wrong;
	unsigned int line;

	if (partition->size < MANIFEST_SIZE || partition->size % MANIFEST_BLOCK)
		return "its size is none of a partition with a manifest";
	block = partition->data + partition->size - MANIFEST_SIZE;
	if (manifest_parse(block, ret, &line))
		return "it does not end in a manifest";
	wrong = manifest_verify(block, certificate);
	if (wrong)
		return wrong;
	if (manifest_check_size(ret, partition->size))
		return "filesystem and hash tree do not fit into it";
	return manifest_tree_is_good(ret, partition->data)
		       ? NULL
		       : "the filesystem or its hash tree is not the one that was signed";
}

static int answer(
	const char *file, const struct manifest *manifest, const char *wrong, bool as_json)
{
	struct text json;

	if (!as_json) {
		if (!wrong)
			printf("%s: verified: version %u for %s\n", file, manifest->version,
				manifest->device_type);
		return wrong ? refuse_file(file, "%s", wrong) : STATUS_GOOD;
	}
	json_answer(&json, file);
	json_bool(&json, "verified", !wrong);
	if (wrong) {
		json_open(&json, "error", '{');
		json_string(&json, "detail", wrong);
		json_close(&json, '}');
	} else {
		json_string(&json, "device_type", manifest->device_type);
		json_number(&json, "version", manifest->version);
		json_null(&json, "error");
	}
	json_close(&json, '}');
	puts(json.data);
	free(json.data);
	return wrong ? refuse_file(file, "%s", wrong) : STATUS_GOOD;
}

static int verify_file(const struct code_signer_words *words, const char *file, bool as_json)
{
	struct manifest manifest = { .format = 0 };
	struct mapping partition = { NULL, 0 };
	X509 *certificate;
	int status = code_certificate_open("manifest", words, PKI_INSTALLER, &certificate), error;

	if (status)
		return status;
	error = map_file(file, &partition);
	status = error ? fail_file(file, "cannot be read: %s", strerror(-error))
		       : answer(file, &manifest, verify(&partition, certificate, &manifest),
				 as_json);
	unmap(&partition);
	X509_free(certificate);
	return status;
}

// The words that go into the manifest. Returns 0 or an exit status, said.
static int take_words(
	const char *command, const char *type, const char *version, struct manifest *ret)
{
	uint64_t number;

	if (!type || !version)
		return fail_usage(command, "needs --device-type and --version");
	if (!*type || strlen(type) >= sizeof(ret->device_type) || strpbrk(type, " \t\r\n"))
		return fail_usage(command, "--device-type: one word of at most %zu bytes",
			sizeof(ret->device_type) - 1);
	if (!parse_number(version, UINT32_MAX, &number))
		return fail_usage(command, "--version: a number up to %u", UINT32_MAX);
	memcpy(ret->device_type, type, strlen(type) + 1);
	ret->version = (uint32_t)number;
	return 0;
}

int manifest_main(int argc, char **argv)
{
	struct code_signer_words words = { .pki = NULL };
	struct manifest manifest = { .format = 0 };
	const char *out = NULL, *type = NULL, *version = NULL;
	bool is_verify = false, as_json = false;
	const struct command_option options[] = { { "--pki", NULL, &words.pki },
		{ "--key", NULL, &words.key }, { "--cert", NULL, &words.certificate },
		{ "--passphrase-file", NULL, &words.secrets.passphrase_file },
		{ "--pin-file", NULL, &words.secrets.pin_file }, { "--device-type", NULL, &type },
		{ "--version", NULL, &version }, { "-o", NULL, &out },
		{ "--verify", &is_verify, NULL }, { "--json", &as_json, NULL },
		{ NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (is_verify)
		return out || type || version ? fail_usage(argv[0], "--verify writes nothing")
					      : verify_file(&words, argv[1], as_json);
	if (!out)
		return fail_usage(argv[0], "needs -o, or --verify");
	if (as_json)
		return fail_usage(argv[0], "--json belongs to --verify");
	status = take_words(argv[0], type, version, &manifest);
	return status ? status : sign_file(&words, &manifest, argv[1], out);
}
