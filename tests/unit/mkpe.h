/* SPDX-License-Identifier: Apache-2.0 */
/* Signed Images for tests, by a key that openssl makes in a directory of their own. */
#ifndef BB_MKPE_H
#define BB_MKPE_H

#include <stdbool.h>
#include <time.h>

#include "key.h"
#include "pe.h"

extern struct signer mkpe_signer;
extern time_t mkpe_now; /* within the certificate's dates */

/* Makes key.pem and cert.pem, and goes there. Returns whether that went well. */
bool mkpe_start(void);

/* Removes that, and what sbsign was given and has made. */
void mkpe_end(void);

/* An Image with some bytes behind its sections, in memory that ends where signing must. */
struct pe mkpe(size_t behind, uint32_t version);

/* Attaches a signature to what was made ready. Returns whether that went well. */
bool mkpe_sign(struct pe *pe, time_t time);

/* All that `bbsign kernel --verify` asks. */
bool mkpe_verifies(const uint8_t *data, size_t size);

#endif
