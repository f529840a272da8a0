/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key service of NXP's kernels, as include/uapi/linux/caam_keygen.h there has it: CREATE makes a
 * key and its blob, IMPORT a black key out of a blob. Lengths in bytes, pointers as numbers.
 */
#ifndef BB_CAAM_KEYGEN_H
#define BB_CAAM_KEYGEN_H

#include <stdint.h>
#include <sys/ioctl.h>

#define CAAM_KEYGEN_DEVICE "/dev/caam-keygen"

struct caam_keygen_cmd {
	uint8_t key_enc_len, key_mode_len;
	uint16_t key_value_len;
	uint32_t black_key_len;
	uint64_t key_enc, key_mode, key_value, black_key;
	uint32_t blob_len;
	uint64_t blob;
};
_Static_assert(sizeof(struct caam_keygen_cmd) == 56, "the kernel's layout");

#define CAAM_KEYGEN_IOCTL_CREATE _IOWR('K', 0, struct caam_keygen_cmd)
#define CAAM_KEYGEN_IOCTL_IMPORT _IOWR('K', 1, struct caam_keygen_cmd)

#endif
