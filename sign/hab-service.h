/* SPDX-License-Identifier: Apache-2.0 */
/* A CSF from a signing service that runs NXP's CST. */
#ifndef BB_HAB_SERVICE_H
#define BB_HAB_SERVICE_H

#include "hab-sign.h"
#include "service.h"

/* Which keys, as the options say it. */
struct hab_service {
	struct service service;
	const char *pki_id;
	const char *bits;  /* of the keys there; NULL: 4096, which balena-sign makes */
	const char *fuses; /* file: there is no other proof of whose keys they are */
};

/*
 * Has a CSF made. An order that must not be signed for production is refused: what a service's keys
 * are for is not known. Returns 0, or an exit status when that failed and has been said.
 */
int hab_sign_service(const struct hab_order *order, const struct hab_service *remote,
	struct hab_made *ret);

#endif
