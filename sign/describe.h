/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what is in signed files. All of it may be hostile: what comes out is printable ASCII. */
#ifndef BB_DESCRIBE_H
#define BB_DESCRIBE_H

#include <openssl/x509.h>
#include <time.h>

#include "text.h"

#define DESCRIBE_SIZE 256 /* room for any of these; longer names are cut */

/* "2026-11-22 20:40:00 UTC"; "no time" for -1 */
void describe_time(struct text *t, time_t time);

/* "CN=SRK1, OU=..." */
void describe_name(struct text *t, const X509_NAME *name);

/* "CAAM (MID, RNG)" */
void describe_unlock(struct text *t, uint8_t engine, uint32_t features);

#endif
