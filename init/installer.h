/* SPDX-License-Identifier: Apache-2.0 */
/* The installer's root on a medium, once it was authenticated. */
#ifndef BB_INSTALLER_H
#define BB_INSTALLER_H

#include "boot.h"

/* Unmounts and closes it, if it is open. Returns 0, or why a mapping stayed: a negative errno. */
int close_installer(struct boot *b);

#endif
