/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a signed kernel or device tree says of itself, for whoever installs it: for which device type
 * it is, and which security version it has. It lies in the last bytes in front of the IVT, behind the
 * zeros, where the signature covers it, and neither U-Boot nor the kernel looks.
 *
 *     "bbLabel", 1 | security version, 4 bytes, little-endian | 4 zeros | device type, 48 bytes with zeros
 */
#ifndef BB_HAB_LABEL_H
#define BB_HAB_LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HAB_LABEL_SIZE 64u
#define HAB_DEVICE_TYPE_SIZE 48u /* with its NUL */

struct hab_label {
	uint32_t security_version;
	char device_type[HAB_DEVICE_TYPE_SIZE];
};

/* Whether this names a device type: letters, digits, and any of "-_." */
bool hab_is_device_type(const char *word);

void hab_label_write(const struct hab_label *label, uint8_t buffer[static HAB_LABEL_SIZE]);

/* Whether there is a label in front of an IVT at this offset, good or not. */
bool hab_has_label(const uint8_t *data, size_t ivt_offset);

/* Reads it. Returns false when it is not as hab_label_write() writes it. */
bool hab_label_read(const uint8_t *data, size_t ivt_offset, struct hab_label *ret);

#endif
