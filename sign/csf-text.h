/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What NXP's CST reads to write a CSF (CST User's Guide, "CSF description language"), for a signing
 * service that runs CST: as text, the very commands that hab_write() writes.
 */
#ifndef BB_CSF_TEXT_H
#define BB_CSF_TEXT_H

#include <stdint.h>

#define CSF_TEXT_SIZE 1024

/*
 * slot: 0 to 3; bits: of the keys, which stands in the names of NXP's certificate files; size bytes
 * from the address start on are signed. The paths are what balena-sign replaces: %%CERTS_PATH%% by the
 * directory of the PKI's certificates, %%BIN_PATH%% by the payload's file. Nothing of this machine is
 * in it.
 */
void csf_text(unsigned int slot, unsigned int bits, uint32_t start, uint32_t size,
	char ret[static CSF_TEXT_SIZE]);

#endif
