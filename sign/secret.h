/* SPDX-License-Identifier: Apache-2.0 */
/* Passphrases and PINs: read from files or asked for, kept out of core files and cleared at the
 * end. */
#ifndef BB_SECRET_H
#define BB_SECRET_H

#include <stdbool.h>

#define SECRET_MAX 1023 /* bytes */

enum secret_kind { SECRET_PASSPHRASE, SECRET_PIN, SECRET_TOKEN, SECRET_KINDS };

/*
 * From here on the kernel writes no core file of this process, and lets nobody but root look into
 * its memory. For everything that reads a secret, before it does. Ends the program when refused.
 */
void secret_protect(void);

/*
 * The first line of a file; a pipe is read once, however often the secret is wanted. Without a file
 * (NULL) the terminal is asked for that of `what`, without echo, twice when it is a new one. Lasts
 * until the end of the program; of each kind the latest is kept. Returns NULL when there is none,
 * or an empty one, and that has been said.
 */
const char *secret_get(enum secret_kind kind, const char *file, const char *what, bool is_new);

#endif
