/* SPDX-License-Identifier: Apache-2.0 */
/* Makes what src/manifest.h describes: the hash tree, the manifest's text, its signature. */
#ifndef BB_MANIFEST_MAKE_H
#define BB_MANIFEST_MAKE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "manifest.h"

/*
 * Writes the hash tree of the manifest's data blocks, with its salt; the root hash goes into it.
 * The tree has manifest_tree_blocks() blocks. Returns false when libcrypto cannot.
 */
bool manifest_make_tree(struct manifest *manifest, const uint8_t *data, uint8_t *ret_tree);

/* Whether the tree of a whole partition, and the root hash, are those of its filesystem. */
bool manifest_tree_is_good(const struct manifest *manifest, const uint8_t *partition);

/* Writes the text, without a signature. */
void manifest_write(const struct manifest *manifest, uint8_t ret[static MANIFEST_SIZE]);

/* Puts the signature behind the text. Returns false when libcrypto or the token cannot. */
bool manifest_sign(uint8_t manifest[static MANIFEST_SIZE], EVP_PKEY *key);

/* As /init does, by libcrypto. Returns NULL or what is wrong. */
const char *manifest_verify(const uint8_t manifest[static MANIFEST_SIZE], X509 *certificate);

#endif
