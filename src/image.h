/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arm64 kernel Image (Documentation/arch/arm64/booting.rst) that is also a signed PE32+ file.
 *
 * This does not verify the signature: the running kernel does (verify_pefile.c in its directory
 * crypto/asymmetric_keys). It makes sure that the kernel's look at the file is the only one
 * possible, and reads what the report tells. A file that passes has one shape:
 *
 *     headers | section | section | ... | rest | certificate table with one entry |
 *
 * with nothing in between and nothing behind, so that the signature covers every byte but these:
 * PE CheckSum, the certificate table's directory entry, the certificate table.
 */
#ifndef BB_IMAGE_H
#define BB_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "authenticode.h"

/* The largest Image that is loaded, in bytes: a bound for what a compressed file can become. */
#define IMAGE_SIZE_MAX (64u << 20)

struct image {
	uint64_t image_size; /* bytes of memory that the kernel takes from its start on */

	/*
	 * The PE fields MajorOperatingSystemVersion << 16 | MinorOperatingSystemVersion. They are
	 * hashed; the kernel's build leaves 0 in both (arch/arm64/kernel/efi-header.S) and nothing
	 * reads them. version_offset: where the two stand, 16 bits each, Major first.
	 */
	uint32_t security_version, version_offset;

	/* What the digest leaves out: 4 bytes, 8 bytes, and all from table_offset on. */
	uint32_t checksum_offset;
	uint32_t directory_offset;
	uint32_t table_offset;

	uint32_t signature_offset; /* the PKCS#7 structure in the certificate table */
	uint32_t signature_size;
	struct authenticode signature; /* certificate points into the data */

	const char *detail; /* what is wrong, a constant string; NULL if nothing is */
};

/*
 * Returns 0, or with detail set and the rest of *ret zero:
 *   BB_KERNEL_NOT_IMAGE       no arm64 Image, or not a PE file of the shape above
 *   BB_KERNEL_UNSIGNED        it has no certificate table; what the headers say is filled in
 *   BB_KERNEL_SIGNATURE_FORM  the certificate table or what is in it has another form
 */
int image_parse(const uint8_t *data, size_t size, struct image *ret);

#endif
