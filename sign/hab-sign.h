/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who makes a CSF: keys that this machine can use, in files or tokens, or somebody else. What comes
 * back is verified by whoever asked before it is written anywhere, as if it came from a stranger.
 */
#ifndef BB_HAB_SIGN_H
#define BB_HAB_SIGN_H

#include "hab.h"
#include "key.h"
#include "srk.h"

/* What is to be signed. */
struct hab_order {
	const char *file; /* for what is said */
	const uint8_t *image;
	size_t size;    /* of payload, padding and IVT */
	uint32_t start; /* address */
	unsigned int slot;
	const char *not_for_production; /* NULL, or why a production key must not sign it */
};

/* What was made. */
struct hab_made {
	uint8_t csf[HAB_CSF_MAX];
	size_t size;
	uint8_t fuses[SRK_FUSES_SIZE]; /* of the devices that it is for */
};

/*
 * Signs with the CSF and IMG keys of a PKI directory. Refused: an order that is not for production,
 * unless the slot's SRK, CSF and IMG certificates all say that they are for development; and any
 * order when only some of them do. Returns 0, or an exit status when that
 * failed or was refused and has been said.
 */
int hab_sign_local(const struct hab_order *order, const char *pki, const struct secrets *secrets,
	struct hab_made *ret);

#endif
