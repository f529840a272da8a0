// SPDX-License-Identifier: Apache-2.0
// bbsign pki: makes the keys and certificates of a device type, and notes which are revoked.

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki-tree.h"
#include "secret.h"
#include "sign.h"

#define DEFAULT_DAYS 7305 /* 20 years: Linux compares with the time of a signature */
#define DAYS_MAX 36500
#define PREFIX_MAX 32     /* what the longest name leaves of a common name's 64 */
#define PASSPHRASE_MIN 8

const char pki_help[] =
	"usage: bbsign pki --out DIR --bits N [--passphrase-file F] [OPTION...]\n"
	"       bbsign pki --out DIR --bits N --token URI [--pin-file F] [OPTION...]\n"
	"       bbsign pki --out DIR --revoke SLOT\n"
	"\n"
	"Makes what signs for a device type: 16 RSA keys with their certificates, in a new\n"
	"directory. For the boot ROM (HAB): a CA and, for each of 4 slots, an SRK (super root\n"
	"key), a CSF key and an IMG key. One key for kernels, one for modules, one for\n"
	"installers. File names are those of NXP's PKI scripts. The key files are encrypted; the\n"
	"passphrase is asked for, or is the first line of F. Keep the directory: devices that\n"
	"trust it take nothing else, for good. An interrupted run leaves DIR.XXXXXX, which can\n"
	"be removed.\n"
	"\n"
	"  --bits N               2048, 3072 or 4096; all keys\n"
	"  --development          says in every certificate that it is for development only;\n"
	"                         without it the tree is for production and signs no development\n"
	"                         image\n"
	"  --days D               how long the certificates last; without it 7305 (20 years).\n"
	"                         Linux takes no signature made after that\n"
	"  --subject-prefix TEXT  begins all names in the certificates, say with the device type\n"
	"  --token URI            the keys are in this token (pkcs11:token=NAME), made there by\n"
	"                         sign/tokenkeys; its PIN is asked for, or is the first line of F\n"
	"  --revoke SLOT          notes in an existing directory that this slot (0 to 2) is\n"
	"                         revoked on devices, so that nothing is signed with it any more;\n"
	"                         slot 3 cannot be revoked: there is no fuse for it\n"
	"\n"
	"With SOURCE_DATE_EPOCH set, certificates depend on nothing but their keys.\n"
	"\n"
	"  bbsign pki --out pki --bits 4096 --passphrase-file passphrase\n";

struct words {
	const char *out, *bits, *days, *revoke;
};

static int revoke(const char *directory, const char *word)
{
	unsigned int mask;
	uint32_t slot;
	char *file, text[16];
	int status, size;

	if (text_parse_number(word, PKI_SLOTS - 1, &slot))
		return fail_usage("pki", "--revoke takes a slot, 0 to %d, not \"%s\"",
			PKI_REVOCABLE_SLOTS - 1, word);
	if (slot >= PKI_REVOCABLE_SLOTS)
		return refuse_file(directory, "slot %u has no fuse to be revoked with", slot);
	status = pki_revoked(directory, &mask);
	if (status)
		return status;
	size = snprintf(text, sizeof(text), "%u\n", mask | 1u << slot);
	if (asprintf(&file, "%s/" PKI_REVOKED_FILE, directory) < 0)
		abort();
	status = write_whole(file, 0644, (const uint8_t *)text, (size_t)size);
	free(file);
	if (!status)
		printf("%s: slot %u is revoked\n", directory, slot);
	return status;
}

static int take_passphrase(struct pki_plan *plan)
{
	const char *file = plan->secrets.passphrase_file;

	plan->passphrase = secret_get(SECRET_PASSPHRASE, file, plan->directory, true);
	if (!plan->passphrase)
		return STATUS_USAGE;
	if (strlen(plan->passphrase) < PASSPHRASE_MIN)
		return refuse_file(file ? file : plan->directory,
			"a passphrase of less than %d characters protects nothing", PASSPHRASE_MIN);
	return 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++) {
		if (!strcmp(word, *words))
			return true;
	}
	return false;
}

static int check_prefix(const char *prefix)
{
	size_t length = strlen(prefix);

	for (size_t i = 0; i < length; i++) {
		if (prefix[i] < ' ' || prefix[i] > '~')
			return fail_usage("pki", "--subject-prefix takes plain ASCII");
	}
	if (!length || length > PREFIX_MAX)
		return fail_usage("pki", "--subject-prefix takes 1 to %d characters", PREFIX_MAX);
	return 0;
}

static int make(struct pki_plan *plan, const struct words *words)
{
	static const char *const sizes[] = { "2048", "3072", "4096", NULL };
	uint32_t days = DEFAULT_DAYS;
	int status;

	if (!words->bits || !is_one_of(words->bits, sizes))
		return fail_usage("pki", "--bits takes 2048, 3072 or 4096");
	if (words->days && (text_parse_number(words->days, DAYS_MAX, &days) || !days))
		return fail_usage("pki", "--days takes a number, 1 to %d", DAYS_MAX);
	if (plan->prefix && check_prefix(plan->prefix))
		return STATUS_USAGE;
	if (plan->token ? !!plan->secrets.passphrase_file : !!plan->secrets.pin_file)
		return fail_usage("pki", "files have a passphrase, tokens (--token) have a PIN");
	plan->bits = words->bits;
	plan->days = (int)days;
	secret_protect();
	status = plan->token ? 0 : take_passphrase(plan);
	if (!status)
		status = pki_make(plan);
	if (!status)
		printf("%s: %s PKI of %d RSA-%s keys\n", plan->directory,
			plan->is_development ? "development" : "production", PKI_KEYS, plan->bits);
	return status;
}

int pki_main(int argc, char **argv)
{
	struct pki_plan plan = { 0 };
	struct words words = { 0 };
	const struct command_option options[] = {
		{ "--out", NULL, &words.out },
		{ "--bits", NULL, &words.bits },
		{ "--days", NULL, &words.days },
		{ "--revoke", NULL, &words.revoke },
		{ "--development", &plan.is_development, NULL },
		{ "--subject-prefix", NULL, &plan.prefix },
		{ "--token", NULL, &plan.token },
		{ "--passphrase-file", NULL, &plan.secrets.passphrase_file },
		{ "--pin-file", NULL, &plan.secrets.pin_file },
		{ NULL, NULL, NULL },
	};
	int left = take_options(argc, argv, options);

	if (left < 0)
		return STATUS_USAGE;
	if (left || !words.out)
		return fail_usage(argv[0], "it takes --out DIR and options");
	plan.directory = words.out;
	if (!words.revoke)
		return make(&plan, &words);
	if (words.bits || plan.token)
		return fail_usage(argv[0], "--revoke is for an existing tree");
	return revoke(words.out, words.revoke);
}
