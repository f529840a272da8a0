/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of kernel modules, byte for byte as the kernel's scripts/sign-file appends them with
 * sha256 (struct module_signature of include/linux/module_signature.h):
 *
 *     module | SignedData | 12 bytes, with the SignedData's size | "~Module signature appended~\n"
 */
#ifndef BB_MODULE_H
#define BB_MODULE_H

#include "signed-data.h"

#define MODULE_TRAILER_SIZE 40 /* what stands behind the SignedData */
#define MODULE_SIGNATURE_SIZE 8 /* where in it the size of the SignedData is, big-endian */
#define MODULE_GROWTH (SIGNED_DATA_MAX + MODULE_TRAILER_SIZE)

/* Whether it is an ELF file as modules are: relocatable, 64 bits, little-endian, arm64. */
bool module_is_elf(const uint8_t *data, size_t size);

/* Whether something calls itself a signature at its end. */
bool module_is_signed(const uint8_t *data, size_t size);

/* Writes the trailer. */
void module_trailer(size_t signed_data_size, uint8_t ret[static MODULE_TRAILER_SIZE]);

/* Verifies a signed module: every byte of it. Returns NULL, or what is wrong. */
const char *module_verify(const uint8_t *data, size_t size, const X509 *certificate);

#endif
