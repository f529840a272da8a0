/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SRK (super root key) table and the fuses that hold its hash: the keys of four certificates,
 * as NXP's srktool writes them. Fuses: SHA-256 over the SHA-256 of each record in turn.
 */
#ifndef BB_SRK_H
#define BB_SRK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "key.h"

#define SRK_RECORD_MAX 527u /* RSA-4096: 12 bytes, modulus, exponent 65537 */
#define SRK_TABLE_MAX (4u + 4u * SRK_RECORD_MAX)
#define SRK_FUSES_SIZE 32u

struct srk_record {
	const uint8_t *data; /* with its header, within the table */
	size_t size;
	bool is_ca;
	const uint8_t *modulus, *exponent;
	size_t modulus_size, exponent_size;
};

struct srk_table {
	struct srk_record record[4];
};

/* Writes the table of four certificates, all RSA. Returns its size; 0 when one cannot be taken. */
size_t srk_table_write(X509 *const certificates[4], uint8_t buffer[static SRK_TABLE_MAX]);

/*
 * Reads a table that fills its bytes exactly: four RSA records, each canonical. Returns NULL or
 * what is wrong.
 */
const char *srk_table_parse(const uint8_t *data, size_t size, struct srk_table *ret);

/*
 * What makes a table that can be parsed unfit for fuses: keys that are the same, of different
 * sizes, or not a certificate authority's. Returns NULL or what is wrong.
 */
const char *srk_table_fault(const struct srk_table *table);

/* What the fuses of this table hold. */
void srk_fuses(const struct srk_table *table, uint8_t ret[static SRK_FUSES_SIZE]);

#endif
