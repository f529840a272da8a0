/* SPDX-License-Identifier: Apache-2.0 */
/* Self-test: calls of /dev/caam-keygen with every field in the test's hands. */
#ifndef STUB_SELFTEST_KEYGEN_H
#define STUB_SELFTEST_KEYGEN_H

#include <stdint.h>

#include "caam_keygen.h"

#define MESSAGE_INVALID_SIZE "Invalid key size, expected values are between 16 and 64 bytes.\n"

/* A call and the buffers that its structure points to. */
struct call {
	struct caam_keygen_cmd cmd;
	uint8_t key[128];
	uint8_t blob[256];
};

uint64_t address(const void *p);
/* A CREATE or an IMPORT that will succeed, as long as nothing in it is changed. */
void prepare_create(struct call *call, const char *encryption, const char *mode, const void *value,
	uint16_t value_size);
void prepare_import(struct call *call, const uint8_t *blob, uint32_t size);
/* Returns 0 or a negative errno. */
int keygen(unsigned long number, void *cmd);
int do_create(struct call *call);
int do_import(struct call *call);

#endif
