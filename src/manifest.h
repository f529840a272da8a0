/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes an installer's root partition trusted. The partition is
 *     filesystem | dm-verity hash tree | ... | manifest
 * in blocks of 4096 bytes; the manifest is its last block. The filesystem starts the partition, and
 * the tree follows it: format 1 of dm-verity without a superblock, SHA-256, 128 hashes a block, the
 * highest level first (the kernel's Documentation/admin-guide/device-mapper/verity.rst).
 *
 * A manifest is text and a signature, each in a place of fixed size:
 *     0     3584 bytes: "key = value" lines (settings.h), filled up with newlines
 *     3584  512 bytes: RSA signature (PKCS #1 v1.5, SHA-256) of those 3584 bytes, then zeros
 */
#ifndef BB_MANIFEST_H
#define BB_MANIFEST_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"

#define MANIFEST_BLOCK 4096
#define MANIFEST_SIZE MANIFEST_BLOCK
#define MANIFEST_TEXT_SIZE 3584
#define MANIFEST_SIGNATURE_SIZE (MANIFEST_SIZE - MANIFEST_TEXT_SIZE)

/* As long as the configuration's, with the NUL. */
#define MANIFEST_DEVICE_TYPE_MAX 192

/* Hashes in a block of the tree. */
#define MANIFEST_HASHES (MANIFEST_BLOCK / SHA256_SIZE)

struct manifest {
	uint32_t format; /* 0: the one that there is, which the text calls 1 */
	char device_type[MANIFEST_DEVICE_TYPE_MAX];
	uint32_t version;
	uint32_t data_blocks; /* of the filesystem; the first block of the tree has this number */
	uint8_t salt[SHA256_SIZE];
	uint8_t root_hash[SHA256_SIZE];
};

/*
 * Reads the text of a manifest, whose signature nobody has looked at. Returns 0 or BB_MANIFEST_BAD;
 * then *ret_line is the line at fault, 0 when a key is missing or the filesystem has no block to
 * hash, and *ret is untouched.
 */
int manifest_parse(
	const uint8_t manifest[static MANIFEST_SIZE], struct manifest *ret, unsigned int *ret_line);

/* Blocks of the hash tree over so many blocks of data. */
uint64_t manifest_tree_blocks(uint32_t data_blocks);

/*
 * Whether filesystem, tree and manifest lie one behind the other within a partition of so many
 * bytes. Returns 0 or BB_MANIFEST_BAD.
 */
int manifest_check_size(const struct manifest *manifest, uint64_t partition_size);

/*
 * Whether nothing but zeros follows a signature of so many bytes. Returns 0, or BB_MANIFEST_REFUSED
 * also when no signature can have that size.
 */
int manifest_check_signature_size(const uint8_t manifest[static MANIFEST_SIZE], size_t size);

#endif
