/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attacks on the software boot ROM, in tables. Those that change what is signed are signed again with
 * the right keys, so that it is the check that refuses and not the signature. What strict mode alone
 * refuses is accepted in ROM mode: it is a good signature.
 */
#ifndef BB_HAB_ATTACK_H
#define BB_HAB_ATTACK_H

#include "hab-check.h"
#include "mkhab.h"

#define ATTACK_PAYLOAD_SIZE 20000 /* takes two times 12288 */

/* An image, and what is asked of it: first as it should be, then as an attack changes it. */
struct attempt {
	const struct mkhab_keys *keys, *others; /* those that sign, and another PKI's */
	struct mkhab m;
	uint8_t payload[ATTACK_PAYLOAD_SIZE];
	uint8_t *file;
	size_t size;
	uint8_t fuses[128];
	size_t ivt_offset;
	struct hab_query query;
	struct mkhab_pair pair; /* an attack's own */
	uint8_t part[2200];     /* likewise */
};

struct attack {
	const char *name;
	void (*before)(struct attempt *a); /* it is signed */
	void (*after)(struct attempt *a);
	enum hab_reason strict, rom;
};

#define BOTH(reason) reason, reason
#define STRICT_ONLY(reason) reason, HAB_ACCEPTED
#define GOOD HAB_ACCEPTED, HAB_ACCEPTED

/* Each ends with a NULL name. */
extern const struct attack layout_attacks[], command_attacks[], key_attacks[];

/* The command with this number, and the one that authenticates the image. */
struct mkhab_command *attack_command(struct attempt *a, size_t number);
uint8_t *attack_image_command(struct attempt *a);

#endif
