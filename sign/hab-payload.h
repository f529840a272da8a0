/* SPDX-License-Identifier: Apache-2.0 */
/* What is signed for the boot ROM and U-Boot: kernels, device trees, and where they may lie. */
#ifndef BB_HAB_PAYLOAD_H
#define BB_HAB_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hab_payload {
	const uint8_t *data;
	size_t size;
	bool is_image; /* an arm64 Image; otherwise a device tree */

	/* Of an Image: its header (Documentation/arch/arm64/booting.rst). */
	uint64_t text_offset, image_size, flags;
};

/*
 * Looks at a file, unpacked. Refused: what is neither an arm64 Image nor a device tree, is not
 * exactly as long as it says, or is signed already. Returns NULL or what is wrong.
 */
const char *hab_payload_parse(const uint8_t *data, size_t size, struct hab_payload *ret);

/*
 * The same for what stands in front of an IVT or of its label: a file, and zeros.
 * Where an Image ends is not to be seen; it is taken to have no zeros at its end.
 */
const char *hab_payload_parse_padded(const uint8_t *data, size_t size, struct hab_payload *ret);

/*
 * How many bytes it takes, at least, with the zeros that fill it up, with so many bytes of a label, and
 * with the IVT.
 */
size_t hab_payload_padded(const struct hab_payload *payload, size_t label_size);

/* Returns NULL, or why it cannot be loaded to an address. */
const char *hab_payload_place(const struct hab_payload *payload, uint32_t address);

/*
 * Where an Image runs that was loaded to an address: U-Boot's booti moves it when it must, since
 * an Image begins text_offset bytes behind a multiple of 2 MiB, of the lowest one unless a flag
 * says that it may be any (booting.rst, "Call the kernel image"; U-Boot, arch/arm/lib/image.c,
 * booti_setup).
 */
uint64_t hab_payload_runs_at(const struct hab_payload *payload, uint32_t address);

#endif
