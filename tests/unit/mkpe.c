// SPDX-License-Identifier: Apache-2.0
// Signed Images for tests; see mkpe.h.

#include "mkpe.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mkimage.h"
#include "signature.h"

static const struct secrets no_secrets = { NULL, NULL };
struct signer mkpe_signer;
time_t mkpe_now;
static char directory[] = "/tmp/mkpe.XXXXXX";

struct pe mkpe(size_t behind, uint32_t version)
{
	struct pe pe = { malloc(MKIMAGE_SIZE + behind + PE_GROWTH), MKIMAGE_SIZE + behind, { 0 } };

	if (!pe.data)
		abort();
	mkimage(pe.data, version);
	memset(pe.data + MKIMAGE_SIZE, 'x', behind);
	return pe;
}

bool mkpe_sign(struct pe *pe, time_t time)
{
	struct signed_data s = { .form = SIGNED_DATA_AUTHENTICODE,
		.certificate = mkpe_signer.certificate, .time = time };
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;
	size_t size;

	if (!signature_digest(pe->data, &pe->image, s.digest) ||
		signed_data_sign(&s, mkpe_signer.key))
		return false;
	size = signed_data_write(&s, buffer, &start);
	if (size)
		pe_attach(pe, start, size);
	return size;
}

// The cheapest question first.
bool mkpe_verifies(const uint8_t *data, size_t size)
{
	struct image image;

	return !image_parse(data, size, &image) && signature_digest_matches(data, size, &image) &&
	       pe_is_canonical(data, size, &image, mkpe_signer.certificate) &&
	       !signature_verify(data, &image, mkpe_signer.certificate);
}

bool mkpe_start(void)
{
	bool made = mkdtemp(directory) && !chdir(directory) &&
		!system("openssl req -new -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=mkpe "
			"-keyout key.pem -out cert.pem >log 2>&1") &&
		!signer_open("key.pem", "cert.pem", &no_secrets, &mkpe_signer);

	mkpe_now = time(NULL);
	return made;
}

void mkpe_end(void)
{
	static const char *const files[] = { "key.pem", "cert.pem", "log", "Image",
		"Image.signed" };

	signer_close(&mkpe_signer);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir(directory);
}
