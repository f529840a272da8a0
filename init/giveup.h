/* SPDX-License-Identifier: Apache-2.0 */
/* The one end of a boot that is given up. */
#ifndef BB_GIVEUP_H
#define BB_GIVEUP_H

#include "boot.h"

/*
 * Keeps the report where it can be found, and resets after the configured delay: PID 1 does not
 * return. As a step of someone else's initramfs it returns the exit status: 1.
 */
int give_up(struct boot *b);

#endif
