/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an Image or a module is for development: a production key must not sign such a one. */
#ifndef BB_VARIANT_H
#define BB_VARIANT_H

#include <stddef.h>
#include <stdint.h>

/* Behind the release of a kernel that was built for development, as `uname -r` prints it. */
#define VARIANT_DEVELOPMENT "-development"

/*
 * Looks at an arm64 Image, unpacked. It is for development when its release says so, or when a
 * development certificate is compiled into it; one that names no release, or two, may be anything.
 * This is against mistakes: whoever builds the Image can leave the marks out.
 * Returns NULL, or why a production key may not sign it.
 */
const char *variant_refusal(const uint8_t *image, size_t size);

/* The same for a kernel module, which names its kernel's release. One that names none is good. */
const char *variant_module_refusal(const uint8_t *module, size_t size);

#endif
