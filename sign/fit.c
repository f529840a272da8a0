// SPDX-License-Identifier: Apache-2.0
// Reads the FIT of a first stage; see fit.h.

#include "fit.h"

#include <string.h>

#include "bytes.h"
#include "dtb.h"
#include "hab-parse.h"

#define ADDRESSES (UINT64_C(1) << 32)

/* Where the walk is. Nodes: root, "images" or "configurations", and below these one for each. */
struct walk {
	struct fit *fit;
	enum { ELSEWHERE, IMAGES, CONFIGURATIONS } part;
	char firmware[FIT_NAME_SIZE], tree[FIT_NAME_SIZE]; /* what all configurations name */
};

static struct fit_image *last_image(struct walk *w)
{
	return w->part == IMAGES && w->fit->count ? &w->fit->images[w->fit->count - 1] : NULL;
}

static const char *take_node(void *context, unsigned int depth, const char *name)
{
	struct walk *w = context;
	struct fit_image *image;

	if (depth == 1)
		w->part = !strcmp(name, "images") ? IMAGES :
			  !strcmp(name, "configurations") ? CONFIGURATIONS : ELSEWHERE;
	if (depth == 3 && w->part == IMAGES)
		return NULL; /* a hash: HAB's is the one that counts */
	if (depth != 2 || w->part != IMAGES)
		return NULL;
	if (w->fit->count == FIT_IMAGES_MAX || strlen(name) >= FIT_NAME_SIZE)
		return "a FIT with too many images, or one with too long a name";
	image = &w->fit->images[w->fit->count++];
	*image = (struct fit_image){ .load = 0 };
	strcpy(image->name, name);
	return NULL;
}

static bool is_text(const uint8_t *value, size_t size, const char *text)
{
	return size == strlen(text) + 1 && !memcmp(value, text, size);
}

/* Once, and a word. */
static const char *take_word(const uint8_t *value, size_t size, bool *has, uint32_t *ret)
{
	if (size != 4 || *has)
		return "a FIT with an image whose place, size or address is not one word";
	*has = true;
	*ret = hab_word(value);
	return NULL;
}

static const char *take_image(struct fit_image *image, const char *name, const uint8_t *value, size_t size)
{
	if (!strcmp(name, "data"))
		return "a FIT with an image inside the tree";
	if (!strcmp(name, "compression") && !is_text(value, size, "none"))
		return "a FIT with a packed image";
	if (!strcmp(name, "type"))
		image->is_tree = is_text(value, size, "flat_dt");
	if (!strcmp(name, "load"))
		return take_word(value, size, &image->has_load, &image->load);
	if (!strcmp(name, "data-size"))
		return take_word(value, size, &image->has_size, &image->size);
	image->is_relative |= !strcmp(name, "data-offset");
	if (!strcmp(name, "data-offset") || !strcmp(name, "data-position"))
		return take_word(value, size, &image->has_place, &image->place);
	return NULL;
}

/* SPL takes one of the configurations, by the board: all must name the same. */
static const char *take_configuration(struct walk *w, const char *name, const uint8_t *value, size_t size)
{
	char *known = !strcmp(name, "firmware") ? w->firmware : !strcmp(name, "fdt") ? w->tree : NULL;

	if (!known)
		return NULL;
	if (!size || size > FIT_NAME_SIZE || value[size - 1] || (known[0] && !is_text(value, size, known)))
		return "a FIT whose configurations name different images";
	memcpy(known, value, size);
	return NULL;
}

static const char *take_property(void *context, unsigned int depth, const char *name, const uint8_t *value,
	size_t size)
{
	struct walk *w = context;
	struct fit_image *image = last_image(w);

	if (depth == 3 && image)
		return take_image(image, name, value, size);
	return depth == 3 && w->part == CONFIGURATIONS ? take_configuration(w, name, value, size) : NULL;
}

static const char *place_image(const struct fit *fit, struct fit_image *image, size_t size)
{
	uint64_t place = image->place;

	if (!image->has_place || !image->has_size || !image->size)
		return "a FIT with an image that has no place or no size";
	if (image->is_relative)
		place += (fit->tree_size + 3) / 4 * 4;
	if (place < fit->tree_size || place > size || image->size > size - place)
		return "a FIT with an image beyond the end of the file";
	image->place = (uint32_t)place;
	if (!image->is_tree && !image->has_load)
		return "a FIT with an image that has no address";
	return NULL;
}

/* spl_fit_append_fdt() puts the device tree behind the firmware. */
static const char *place_tree(struct walk *w)
{
	struct fit_image *tree = NULL, *first = NULL;

	for (size_t i = 0; i < w->fit->count; i++) {
		struct fit_image *image = &w->fit->images[i];

		if (image->is_tree && tree)
			return "a FIT with two device trees: only the one that SPL takes would be as it was signed";
		if (image->is_tree != !strcmp(image->name, w->tree))
			return "a FIT whose configurations take another image for the device tree";
		if (image->is_tree)
			tree = image;
		else if (!strcmp(image->name, w->firmware))
			first = image;
	}
	if (!first)
		return "a FIT without the firmware that its configurations name";
	if (tree && (uint64_t)first->load + first->size >= ADDRESSES)
		return "a FIT with an image beyond 32 bits";
	if (tree)
		tree->load = first->load + first->size;
	return NULL;
}

static const char *overlap_fault(const struct fit *fit)
{
	for (size_t i = 0; i < fit->count; i++) {
		const struct fit_image *one = &fit->images[i];

		if (one->size > ADDRESSES - one->load)
			return "a FIT with an image beyond 32 bits";
		for (size_t j = 0; j < i; j++) {
			const struct fit_image *other = &fit->images[j];

			if (one->load < (uint64_t)other->load + other->size &&
				other->load < (uint64_t)one->load + one->size)
				return "a FIT with two images in the same place in memory";
		}
	}
	return NULL;
}

const char *fit_parse(const uint8_t *data, size_t size, struct fit *ret)
{
	struct walk w = { .fit = ret };
	const struct dtb_visitor visitor = { &w, take_node, take_property };
	const char *fault;

	*ret = (struct fit){ .tree_size = size >= DTB_HEADER_SIZE ? dtb_size(data) : 0 };
	if (ret->tree_size < DTB_HEADER_SIZE || ret->tree_size > size)
		return "no FIT";
	fault = dtb_walk(data, ret->tree_size, &visitor);
	for (size_t i = 0; !fault && i < ret->count; i++)
		fault = place_image(ret, &ret->images[i], size);
	if (!fault)
		fault = place_tree(&w);
	return fault ? fault : overlap_fault(ret);
}
