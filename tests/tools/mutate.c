// SPDX-License-Identifier: Apache-2.0
// Makes bad kernels out of a good one, each bad in one way and well-formed in all others, so that a
// boot that refuses it shows that one defence works. Shares no code with the parsers under test.

#include "mutate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: mutate IN OUT OPERATION...\n"
	"IN is a signed arm64 Image. Operations work one after the other, on what the one before "
	"left.\n"
	"  flip-code           one bit in the middle of the first section\n"
	"  flip-header         one bit of the DOS header that only the signature's digest looks "
	"at\n"
	"  flip-signature      one bit of the RSA signature\n"
	"  not-image           no arm64 magic number\n"
	"  truncate N          the last N bytes cut off\n"
	"  append N            N bytes behind everything\n"
	"  hide N              N bytes in the certificate entry, behind the signature\n"
	"  second-certificate  the certificate table's entry twice\n"
	"  second-x509         the PKCS#7 structure's certificate twice\n"
	"  second-signer       the PKCS#7 structure's SignerInfo twice\n"
	"  unsigned-attribute  an attribute that the signature does not cover\n"
	"  strip               no certificate table: unsigned\n"
	"  version N           security version N; to be signed afterwards\n"
	"  gzip                packed, nothing wrong\n"
	"  gz-lies             packed, with another length in the trailer\n"
	"  gz-checksum         packed, with another checksum in the trailer\n"
	"  gz-endless          a small gzip file of 1 GiB of zeros, whatever IN is\n";

static void cut(struct file *f, size_t number)
{
	if (number >= f->size)
		die("shorter than that");
	resize(f, f->size - number);
}

static void append(struct file *f, size_t number)
{
	resize(f, f->size + number);
	memset(f->data + f->size - number, 'x', number);
}

static const struct operation {
	const char *name;
	int takes_number;
	operation_fn *apply;
} operations[] = {
	{ "flip-code", 0, flip_code },
	{ "flip-header", 0, flip_header },
	{ "flip-signature", 0, flip_signature },
	{ "not-image", 0, not_image },
	{ "truncate", 1, cut },
	{ "append", 1, append },
	{ "hide", 1, hide },
	{ "second-certificate", 0, second_certificate },
	{ "second-x509", 0, second_x509 },
	{ "second-signer", 0, second_signer },
	{ "unsigned-attribute", 0, unsigned_attribute },
	{ "strip", 0, strip },
	{ "version", 1, set_version },
	{ "gzip", 0, gz },
	{ "gz-lies", 0, gz_lies },
	{ "gz-checksum", 0, gz_checksum },
	{ "gz-endless", 0, gz_endless },
};

static const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct file f;

	if (argc == 2 && !strcmp(argv[1], "--help")) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc < 4) {
		fputs(usage, stderr);
		return 2;
	}
	f = read_whole_file(argv[1]);
	for (int i = 3; i < argc; i++) {
		const struct operation *operation = find_operation(argv[i]);

		if (!operation || (operation->takes_number && i + 1 == argc)) {
			fputs(usage, stderr);
			return 2;
		}
		operation->apply(&f, operation->takes_number ? strtoul(argv[++i], NULL, 0) : 0);
	}
	write_whole_file(argv[2], &f);
	free(f.data);
	return 0;
}
