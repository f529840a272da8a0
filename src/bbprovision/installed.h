/* SPDX-License-Identifier: Apache-2.0 */
/* What an installed device gets of the installer's config.json. */
#ifndef BB_INSTALLED_H
#define BB_INSTALLED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Writes a document without the members named "installer" of its outermost object; everything else
 * keeps its bytes. The document is one that json_read_bool has found good.
 */
void write_installed(FILE *out, const uint8_t *data, size_t size);

#endif
