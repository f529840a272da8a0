/* SPDX-License-Identifier: Apache-2.0 */
/* What the first stage's words tell the wrapped functions to do; see wrap.c. */
#ifndef BB_UNDEFENDED_WRAP_H
#define BB_UNDEFENDED_WRAP_H

#include "boot.h"

/* Whether one of the words is name, value and end put together. */
bool has(const char *name, const char *value, const char *end);

/* undefended=CHECK is one of the words. */
bool undefended(const char *check);

/* Does not return. */
_Noreturn void hang(void);

/* Does not return when hang=STAGE, or hang=STAGE:SLOT of the slot that is being tried, is a word. */
void hang_if_told(const struct boot *b, const char *stage);

#endif
