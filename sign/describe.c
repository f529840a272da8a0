// SPDX-License-Identifier: Apache-2.0
// Words for what is in signed files; see describe.h.

#include <openssl/bio.h>
#include <stdio.h>

#include "describe.h"
#include "hab-check.h"

#define ENGINE_SNVS 0x1e

static void add_formatted(struct text *t, const char *format, unsigned long long number)
{
	char word[32];

	snprintf(word, sizeof(word), format, number);
	text_add(t, word);
}

void describe_time(struct text *t, time_t time)
{
	struct tm tm;
	char word[64];

	if (time == -1 || !gmtime_r(&time, &tm) ||
		!strftime(word, sizeof(word), "%Y-%m-%d %H:%M:%S UTC", &tm)) {
		text_add(t, "no time");
		return;
	}
	text_add(t, word);
}

void describe_name(struct text *t, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *printed = NULL;
	long size = 0;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_QUOTE) >= 0)
		size = BIO_get_mem_data(bio, &printed);
	for (long i = 0; i < size; i++) {
		if (printed[i] < ' ' || printed[i] > '~')
			printed[i] = '?';
	}
	text_add_bytes(t, printed, size > 0 ? (size_t)size : 0);
	BIO_free(bio);
	if (size <= 0)
		text_add(t, "no name");
}

/* HABv4 API Reference Manual, "Unlock": what each bit of an engine's features means. */
static const struct engine {
	uint8_t number;
	const char *name, *features[4];
} engines[] = {
	{ HAB_ENGINE_CAAM, "CAAM", { "MID", "RNG", NULL, NULL } },
	{ ENGINE_SNVS, "SNVS", { "LP SWR", "ZMK WRITE", NULL, NULL } },
	{ HAB_ENGINE_OCOTP, "OCOTP", { "FIELD RETURN", "SRK REVOKE", "SCS", "JTAG" } },
};

static const struct engine *find_engine(uint8_t number)
{
	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (engines[i].number == number)
			return &engines[i];
	return NULL;
}

void describe_unlock(struct text *t, uint8_t number, uint32_t features)
{
	const struct engine *engine = find_engine(number);
	const char *between = " (";

	if (!engine) {
		add_formatted(t, "engine 0x%02llx", number);
		add_formatted(t, " (features 0x%llx)", features);
		return;
	}
	text_add(t, engine->name);
	for (unsigned int bit = 0; bit < 32; bit++) {
		const char *name = bit < 4 ? engine->features[bit] : NULL;

		if (!(features >> bit & 1))
			continue;
		text_add(t, between);
		if (name)
			text_add(t, name);
		else
			add_formatted(t, "feature %llu", bit);
		between = ", ";
	}
	text_add(t, features ? ")" : " (nothing)");
}
