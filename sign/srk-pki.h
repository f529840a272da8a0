/* SPDX-License-Identifier: Apache-2.0 */
/* The SRK table of a PKI directory, and fuse files: what the commands srk, hab and efuses share. */
#ifndef BB_SRK_PKI_H
#define BB_SRK_PKI_H

#include "srk.h"
#include "text.h"

/* An SRK table with its bytes. */
struct srk_file {
	uint8_t data[SRK_TABLE_MAX];
	size_t size;
	struct srk_table table;        /* points into data */
	uint8_t fuses[SRK_FUSES_SIZE]; /* of this table */
};

/*
 * Makes the table of the four SRK certificates. Returns 0, or an exit status when they give none
 * that is fit for fuses, and that has been said.
 */
int srk_from_pki(const char *directory, struct srk_file *ret);

/* Reads a table, and makes sure that it is fit for fuses. Returns as above. */
int srk_from_file(const char *file, struct srk_file *ret);

/* Reads a fuse file. Refused: another size, and all zero. Returns as above. */
int fuses_read(const char *file, uint8_t ret[static SRK_FUSES_SIZE]);

/* Tells the eight words and their places, to a person or to the JSON object if there is one. */
void fuses_print(const uint8_t fuses[static SRK_FUSES_SIZE], struct text *json);

#endif
