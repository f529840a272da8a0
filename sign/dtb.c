// SPDX-License-Identifier: Apache-2.0
// Flattened device trees, which anybody may have made (Devicetree Specification, "Flattened
// Devicetree (DTB) Format"); see dtb.h.

#include "dtb.h"

#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "hab-parse.h"

#define WORD 4u
#define VERSION 17u
#define COMPATIBLE 16u /* the lowest that a reader may know */
#define RESERVATION 16u /* address and size, 8 bytes each */
#define DEPTH_MAX 64u   /* Linux, drivers/of/fdt.c, FDT_MAX_DEPTH */

/* The words of the header. */
enum { MAGIC, TOTAL, STRUCTURE, STRINGS, RESERVED, IS_VERSION, IS_COMPATIBLE, CPU, STRINGS_SIZE,
	STRUCTURE_SIZE };

/* Tokens of the structure block. */
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };

/* A place in the structure block, at a multiple of 4. */
struct walk {
	const uint8_t *data, *strings;
	size_t at, size, strings_size;
	unsigned int depth;
	const struct dtb_visitor *visitor;
};

static size_t header_word(const uint8_t *data, unsigned int number)
{
	return hab_word(data + number * WORD);
}

size_t dtb_size(const uint8_t *data)
{
	return header_word(data, TOTAL);
}

/* The list of reserved memory ends with one of size and address 0, in front of the structure. */
static bool reservations_end(const uint8_t *data, size_t end)
{
	static const uint8_t last[RESERVATION];

	for (size_t at = header_word(data, RESERVED); range_within(at, RESERVATION, end);
		at += RESERVATION)
		if (!memcmp(data + at, last, sizeof(last)))
			return true;
	return false;
}

/* The blocks follow each other in the order in which the specification has them. */
static const char *header_fault(const uint8_t *data, size_t size)
{
	size_t reserved = header_word(data, RESERVED), structure = header_word(data, STRUCTURE);
	size_t strings = header_word(data, STRINGS);

	if (header_word(data, IS_VERSION) != VERSION ||
		header_word(data, IS_COMPATIBLE) != COMPATIBLE)
		return "a device tree of another version than 17";
	if (reserved % 8 || structure % WORD || header_word(data, STRUCTURE_SIZE) % WORD)
		return "a device tree with a block at an odd place";
	if (reserved < DTB_HEADER_SIZE || reserved > structure || structure > strings ||
		!range_within(structure, header_word(data, STRUCTURE_SIZE), strings) ||
		!range_within(strings, header_word(data, STRINGS_SIZE), size))
		return "a device tree whose blocks reach beyond it or into each other";
	return reservations_end(data, structure) ? NULL :
		"a device tree whose list of reserved memory does not end";
}

static bool take_word(struct walk *w, uint32_t *ret)
{
	if (!range_within(w->at, WORD, w->size))
		return false;
	*ret = hab_word(w->data + w->at);
	w->at += WORD;
	return true;
}

/* What ends within the block may be followed by what fills up to 4. */
static bool take_bytes(struct walk *w, size_t count)
{
	if (!range_within(w->at, count, w->size))
		return false;
	w->at += (count + WORD - 1) / WORD * WORD; /* the block's size is a multiple of 4 */
	return true;
}

static const char *take_node(struct walk *w)
{
	const char *name = (const char *)w->data + w->at, *fault;
	size_t length = strnlen(name, w->size - w->at);

	if (!take_bytes(w, length + 1))
		return "a device tree with a name that does not end";
	if (!w->depth && length)
		return "a device tree whose root has a name";
	fault = w->visitor->node(w->visitor->context, w->depth, name);
	if (fault)
		return fault;
	return ++w->depth > DEPTH_MAX ? "a device tree with nodes too deep" : NULL;
}

static const char *take_property(struct walk *w)
{
	uint32_t length, name;
	const uint8_t *value;

	if (!take_word(w, &length) || !take_word(w, &name))
		return "a device tree with a property that does not end";
	value = w->data + w->at;
	if (!take_bytes(w, length))
		return "a device tree with a property that does not end";
	if (name >= w->strings_size || !memchr(w->strings + name, 0, w->strings_size - name))
		return "a device tree with a property that has no name";
	if (!w->visitor->property)
		return NULL;
	return w->visitor->property(w->visitor->context, w->depth, (const char *)w->strings + name, value,
		length);
}

/* Every turn takes a token off, and all is over when the root is. */
static const char *structure_fault(struct walk *w)
{
	const char *fault = NULL;
	uint32_t token;

	if (!take_word(w, &token) || token != BEGIN_NODE)
		return "a device tree that does not begin with a root";
	for (fault = take_node(w); !fault && w->depth;) {
		if (!take_word(w, &token))
			fault = "a device tree that does not end";
		else if (token == BEGIN_NODE)
			fault = take_node(w);
		else if (token == PROPERTY)
			fault = take_property(w);
		else if (token == END_NODE)
			w->depth--;
		else if (token != NOP)
			fault = "a device tree with something unknown in it";
	}
	if (!fault && (!take_word(w, &token) || token != END || w->at != w->size))
		fault = "a device tree with something behind its root";
	return fault;
}

const char *dtb_walk(const uint8_t *data, size_t size, const struct dtb_visitor *visitor)
{
	const char *fault;

	if (size < DTB_HEADER_SIZE || header_word(data, MAGIC) != DTB_MAGIC)
		return "no device tree";
	fault = header_fault(data, size);
	if (fault)
		return fault;
	return structure_fault(&(struct walk){ .data = data + header_word(data, STRUCTURE),
		.size = header_word(data, STRUCTURE_SIZE),
		.strings = data + header_word(data, STRINGS),
		.strings_size = header_word(data, STRINGS_SIZE), .visitor = visitor });
}

/* libfdt finds a node by its name in front of the "@". */
static bool is_named(const char *name, const char *wanted)
{
	size_t length = strlen(wanted);

	return !strncmp(name, wanted, length) && (!name[length] || name[length] == '@');
}

static const char *refuse_fit(void *context, unsigned int depth, const char *name)
{
	(void)context;
	if (depth == 1 && (is_named(name, "images") || is_named(name, "configurations")))
		return "a FIT, which holds kernels and scripts: only a device tree is signed";
	return NULL;
}

const char *dtb_fault(const uint8_t *data, size_t size)
{
	return dtb_walk(data, size, &(const struct dtb_visitor){ .node = refuse_fit });
}
