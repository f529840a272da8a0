// SPDX-License-Identifier: Apache-2.0
// SRK tables from certificates and from files, and fuse files; see srk-pki.h.

#include "srk-pki.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "json.h"
#include "pki.h"
#include "sign.h"
#include "signed-data.h"

/*
 * Fuses of i.MX8M that hold SRK_HASH: two banks of four words each (U-Boot, doc/imx/habv4/guides,
 * mx8m_secure_boot.txt).
 */
#define SRK_BANK 6
#define WORDS_PER_BANK 4
#define WORD_SIZE 4u
#define WORDS (SRK_FUSES_SIZE / WORD_SIZE)

static int finish(const char *file, struct srk_file *srk)
{
	const char *wrong = srk_table_parse(srk->data, srk->size, &srk->table);

	if (!wrong)
		wrong = srk_table_fault(&srk->table);
	if (wrong)
		return refuse_file(file, "the SRK table: %s", wrong);
	srk_fuses(&srk->table, srk->fuses);
	return 0;
}

static int read_certificates(const char *directory, X509 *certificates[static PKI_SLOTS])
{
	for (unsigned int slot = 0; slot < PKI_SLOTS; slot++) {
		certificates[slot] = pki_certificate(directory, PKI_SRK, slot);
		if (!certificates[slot])
			return STATUS_USAGE;
		if (signed_data_key_fault(X509_get0_pubkey(certificates[slot])))
			return refuse_file(directory, "the key of SRK %u is not RSA with 2048, "
				"3072 or 4096 bits and the exponent 65537", slot + 1);
	}
	return 0;
}

int srk_from_pki(const char *directory, struct srk_file *ret)
{
	X509 *certificates[PKI_SLOTS] = { NULL };
	int status = read_certificates(directory, certificates);

	if (!status) {
		ret->size = srk_table_write(certificates, ret->data);
		status = finish(directory, ret);
	}
	for (int i = 0; i < PKI_SLOTS; i++)
		X509_free(certificates[i]);
	return status;
}

int srk_from_file(const char *file, struct srk_file *ret)
{
	uint8_t *data = read_whole(file, sizeof(ret->data), &ret->size);
	bool fits = data && ret->size <= sizeof(ret->data);

	if (!data)
		return STATUS_USAGE;
	if (fits)
		memcpy(ret->data, data, ret->size);
	free(data);
	return fits ? finish(file, ret) : refuse_file(file, "longer than any SRK table");
}

int fuses_read(const char *file, uint8_t ret[static SRK_FUSES_SIZE])
{
	static const uint8_t zero[SRK_FUSES_SIZE];
	size_t size;
	uint8_t *data = read_whole(file, SRK_FUSES_SIZE, &size);
	int status = 0;

	if (!data)
		return STATUS_USAGE;
	if (size != SRK_FUSES_SIZE)
		status = refuse_file(file, "not a fuse file, which has %u bytes", SRK_FUSES_SIZE);
	else if (!memcmp(data, zero, sizeof(zero)))
		status = refuse_file(file, "all zero: a closed device with it starts nothing");
	else
		memcpy(ret, data, SRK_FUSES_SIZE);
	free(data);
	return status;
}

static void print_json(const uint8_t fuses[static SRK_FUSES_SIZE], struct text *json)
{
	char hex[2 * SRK_FUSES_SIZE + 1];
	struct text text = TEXT_IN(hex);

	text_add_hex(&text, fuses, SRK_FUSES_SIZE);
	json_string(json, "sha256", hex);
	json_open(json, "words", '[');
	for (unsigned int i = 0; i < WORDS; i++) {
		char value[sizeof("0x00000000")];

		snprintf(value, sizeof(value), "0x%08" PRIX32, get_le32(fuses + i * WORD_SIZE));
		json_open(json, NULL, '{');
		json_number(json, "bank", SRK_BANK + i / WORDS_PER_BANK);
		json_number(json, "word", i % WORDS_PER_BANK);
		json_string(json, "value", value);
		json_close(json, '}');
	}
	json_close(json, ']');
}

void fuses_print(const uint8_t fuses[static SRK_FUSES_SIZE], struct text *json)
{
	if (json->data) {
		print_json(fuses, json);
		return;
	}
	for (unsigned int i = 0; i < WORDS; i++) {
		uint32_t value = get_le32(fuses + i * WORD_SIZE);
		unsigned int bank = SRK_BANK + i / WORDS_PER_BANK, word = i % WORDS_PER_BANK;

		printf("SRK_HASH[%u] = 0x%08" PRIX32 "   bank %u word %u   U-Boot: fuse prog %u %u "
			"0x%08" PRIX32 "\n", i, value, bank, word, bank, word, value);
	}
}
