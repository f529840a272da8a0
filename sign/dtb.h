/* SPDX-License-Identifier: Apache-2.0 */
/* Device trees, flattened (DTB): whether a file is one, and nothing but one. */
#ifndef BB_DTB_H
#define BB_DTB_H

#include <stddef.h>
#include <stdint.h>

#define DTB_MAGIC 0xd00dfeed
#define DTB_HEADER_SIZE 40u

/* How long a device tree says that it is; the file has at least its header. */
size_t dtb_size(const uint8_t *data);

/* What is called on the way through; each returns NULL, or what is wrong, which ends it. */
struct dtb_visitor {
	void *context;
	/* depth: how many nodes it lies in; 0 for the root, whose name is empty. */
	const char *(*node)(void *context, unsigned int depth, const char *name);
	const char *(*property)(void *context, unsigned int depth, const char *name, const uint8_t *value,
		size_t size);
};

/*
 * Walks through a device tree that has exactly these bytes, and looks at all of it as dtb_fault() does but
 * for what it holds. Returns NULL or what is wrong.
 */
const char *dtb_walk(const uint8_t *data, size_t size, const struct dtb_visitor *visitor);

/*
 * Looks at all of it but how long it says that it is: header, blocks, every node and property.
 * Refused too is a FIT, which is a device tree in form and holds kernels and scripts that U-Boot
 * would take from it.
 * Returns NULL or what is wrong. Never reads beyond size, and is done after one pass.
 */
const char *dtb_fault(const uint8_t *data, size_t size);

#endif
