/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sysfs says about disks and partitions. The kernel writes these texts, but with names in them
 * that come from the disk.
 */
#ifndef BB_UEVENT_H
#define BB_UEVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of a key in a uevent file: lines KEY=VALUE, each ended (drivers/base/core.c:
 * uevent_show).
 *
 * PARTNAME is a GPT name in seven bits, with '!' for each control character
 * (block/partitions/efi.c: utf16_le_to_7bit), so no name reaches into a second line. Nothing here
 * relies on that: a key that stands there twice has no value.
 *
 * Returns 0; -ENOENT without such a line; -EEXIST with two; -EINVAL with a NUL in the file or its
 * last line not ended; -ENAMETOOLONG when the value does not fit. ret is "" then.
 */
int uevent_value(const uint8_t *data, size_t size, const char *key, char *ret, size_t ret_size);

/*
 * Whether a link of /sys/block leads to the disk itself below the controller:
 * ../devices/<controller>/.../block/<name>. The boot and RPMB areas of an eMMC sit below its disk.
 */
bool uevent_is_disk(const uint8_t *link, size_t size, const char *controller);

/*
 * A whole attribute that is one decimal number, such as a partition's `start`: digits without
 * leading zeros, with or without the newline. Returns 0 or -EINVAL.
 */
int uevent_number(const uint8_t *data, size_t size, uint64_t *ret);

#endif
