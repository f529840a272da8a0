// SPDX-License-Identifier: Apache-2.0
// SRK tables: every length and every header is held to its one value; what is unfit for fuses.

#include "srk.h"

#include <string.h>

#include "test.h"

#define HEADER 4u
#define RECORD_HEADER 12u
#define FLAGS 7
#define EXPONENT 3u

static uint8_t data[SRK_TABLE_MAX];
static struct srk_table table;

// A record whose modulus begins with its number.
static size_t put_record(uint8_t *p, size_t modulus, uint8_t number)
{
	const size_t size = RECORD_HEADER + modulus + EXPONENT;
	const uint8_t header[RECORD_HEADER] = { 0xe1, (uint8_t)(size >> 8), (uint8_t)size, 0x21, 0,
		0, 0, 0x80, (uint8_t)(modulus >> 8), (uint8_t)modulus, 0, EXPONENT };

	memcpy(p, header, sizeof(header));
	memset(p + RECORD_HEADER, 0xc5, modulus);
	p[RECORD_HEADER + 1] = number;
	memcpy(p + size - EXPONENT, "\1\0\1", EXPONENT);
	return size;
}

static size_t put_table(const size_t moduli[static 4])
{
	size_t size = HEADER;

	for (uint8_t i = 0; i < 4; i++)
		size += put_record(data + size, moduli[i], i);
	memcpy(data, "\xd7\0\0\x40", HEADER);
	data[1] = (uint8_t)(size >> 8);
	data[2] = (uint8_t)size;
	return size;
}

static size_t put_good(size_t modulus)
{
	return put_table((const size_t[]){ modulus, modulus, modulus, modulus });
}

static void sizes(void)
{
	for (size_t modulus = 256; modulus <= 512; modulus += 128) {
		size_t size = put_good(modulus);

		test_assert(!srk_table_parse(data, size, &table) && !srk_table_fault(&table));
		for (int i = 0; i < 4; i++) {
			const struct srk_record *record = &table.record[i];

			test_assert(record->size == modulus + 15 && record->is_ca);
			test_assert(record->modulus_size == modulus && record->modulus[1] == i);
			test_assert(record->exponent_size == 3);
			test_assert(!memcmp(record->exponent, "\1\0\1", 3));
		}
		for (size_t cut = 0; cut < size; cut++)
			test_assert(srk_table_parse(data, cut, &table));
	}
	test_assert(srk_table_parse(data, put_good(128), &table));
	test_assert(srk_table_parse(data, put_good(255), &table));
	test_assert(srk_table_parse(data, put_good(257), &table));
}

// A table whose length says what there is, but whose keys are three, or four with something behind.
static void lengths(void)
{
	size_t size = put_good(256), record = (size - HEADER) / 4;

	size -= record;
	data[1] = (uint8_t)(size >> 8);
	data[2] = (uint8_t)size;
	test_assert(srk_table_parse(data, size, &table));
	size = put_good(256) + record;
	put_record(data + size - record, 256, 4);
	data[1] = (uint8_t)(size >> 8);
	data[2] = (uint8_t)size;
	test_assert(srk_table_parse(data, size, &table));
}

// Of every byte that is not within a modulus, no bit may be another one; but flags may be 0.
static void bits(void)
{
	size_t size = put_good(384), record = (size - HEADER) / 4;

	for (size_t at = 0; at < size; at++) {
		size_t in_record = at < HEADER ? 0 : (at - HEADER) % record;

		if (at >= HEADER && in_record >= RECORD_HEADER && in_record < record - EXPONENT)
			continue;
		for (int bit = 0; bit < 8; bit++) {
			bool is_ca_flag = at >= HEADER && in_record == FLAGS && bit == 7;

			data[at] ^= (uint8_t)(1 << bit);
			test_assert(is_ca_flag == !srk_table_parse(data, size, &table));
			data[at] ^= (uint8_t)(1 << bit);
		}
	}
}

static void moduli(void)
{
	size_t size = put_good(256);

	data[HEADER + RECORD_HEADER] = 0x45;
	test_assert(srk_table_parse(data, size, &table));
	size = put_good(256);
	data[HEADER + RECORD_HEADER + 255] = 0xc4;
	test_assert(srk_table_parse(data, size, &table));
}

static void faults(void)
{
	size_t record = RECORD_HEADER + 256 + EXPONENT, size;

	for (int i = 0; i < 4; i++) {
		size = put_good(256);
		data[HEADER + (size_t)i * record + FLAGS] = 0;
		test_assert(!srk_table_parse(data, size, &table) && srk_table_fault(&table));
		for (int j = 0; j < i; j++) {
			size = put_good(256);
			data[HEADER + (size_t)i * record + RECORD_HEADER + 1] = (uint8_t)j;
			test_assert(!srk_table_parse(data, size, &table));
			test_assert(srk_table_fault(&table));
		}
	}
	size = put_table((const size_t[]){ 256, 256, 256, 384 });
	test_assert(!srk_table_parse(data, size, &table) && srk_table_fault(&table));
	size = put_table((const size_t[]){ 512, 256, 256, 256 });
	test_assert(!srk_table_parse(data, size, &table) && srk_table_fault(&table));
}

int main(void)
{
	test_run(sizes);
	test_run(lengths);
	test_run(bits);
	test_run(moduli);
	test_run(faults);
	return test_result();
}
