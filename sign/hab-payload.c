// SPDX-License-Identifier: Apache-2.0
// Kernels and device trees as payloads; see hab-payload.h.

#include "hab-payload.h"

#include <string.h>

#include "bytes.h"
#include "dtb.h"
#include "hab-parse.h"
#include "hab.h"

/* An arm64 Image's header; little-endian. */
#define IMAGE_HEADER_SIZE 64u
#define IMAGE_TEXT_OFFSET 8
#define IMAGE_SIZE 16
#define IMAGE_FLAGS 24
#define IMAGE_MAGIC 56
#define IMAGE_ANYWHERE (1u << 3) /* of the flags: need not be at the start of DRAM */
#define IMAGE_ALIGNMENT (2u << 20)
static const uint8_t image_magic[] = { 'A', 'R', 'M', 0x64 };

/* booting.rst, "Setup the device tree" */
#define DTB_ALIGNMENT 8u
#define DTB_SIZE_MAX (2u << 20)

#define PAGE 4096u
#define ADDRESSES (UINT64_C(1) << 32) /* the words of IVT and CSF reach no further */

static uint64_t round_up(uint64_t value, uint64_t multiple)
{
	return (value + multiple - 1) / multiple * multiple;
}

// Whether an IVT lies where signing puts it, and says so: that is no accident.
static bool is_signed(const uint8_t *data, size_t size)
{
	struct hab_ivt ivt;

	for (size_t at = HAB_PAD; at < size; at += HAB_PAD)
		if (hab_read_ivt(data, size, at, &ivt) && ivt.self - ivt.entry == at)
			return true;
	return false;
}

static const char *parse_image(struct hab_payload *p)
{
	p->text_offset = get_le64(p->data + IMAGE_TEXT_OFFSET);
	p->image_size = get_le64(p->data + IMAGE_SIZE);
	p->flags = get_le64(p->data + IMAGE_FLAGS);
	if (!p->image_size)
		return "an Image whose header does not say how much memory it takes (before 3.17)";
	if (p->image_size < p->size)
		return "an Image that is longer than its header says: something was appended to it";
	if (p->text_offset >= IMAGE_ALIGNMENT || p->text_offset % PAGE)
		return "an Image with a text offset that no kernel has";
	return NULL;
}

static const char *parse_dtb(const struct hab_payload *p)
{
	size_t size = dtb_size(p->data);

	if (size < DTB_HEADER_SIZE || size > DTB_SIZE_MAX)
		return "a device tree whose header has an impossible size (2 MiB is the most)";
	if (size > p->size)
		return "a device tree that is cut off: its header says that it is longer";
	if (size < p->size)
		return "a device tree with something behind it: its header says that it is shorter";
	return dtb_fault(p->data, size);
}

static bool is_dtb(const uint8_t *data, size_t size)
{
	return size >= DTB_HEADER_SIZE && hab_word(data) == DTB_MAGIC;
}

static const char *parse(const uint8_t *data, size_t size, struct hab_payload *ret)
{
	*ret = (struct hab_payload){ .data = data, .size = size };
	if (size >= IMAGE_HEADER_SIZE &&
		!memcmp(data + IMAGE_MAGIC, image_magic, sizeof(image_magic))) {
		ret->is_image = true;
		return parse_image(ret);
	}
	if (is_dtb(data, size))
		return parse_dtb(ret);
	return "neither an arm64 Image, nor one packed with gzip, nor a device tree (DTB)";
}

const char *hab_payload_parse(const uint8_t *data, size_t size, struct hab_payload *ret)
{
	if (is_signed(data, size))
		return "signed for HAB already; sign the file that it was made from";
	return parse(data, size, ret);
}

/* The shortest file of which padding makes these bytes. */
static size_t without_padding(const uint8_t *data, size_t size)
{
	size_t end = size;

	while (end > IMAGE_HEADER_SIZE && !data[end - 1])
		end--;
	return end;
}

const char *hab_payload_parse_padded(const uint8_t *data, size_t size, struct hab_payload *ret)
{
	size_t bare = without_padding(data, size);

	if (is_signed(data, size))
		return "signed for HAB before";
	if (is_dtb(data, size)) /* knows its size: the zeros in front of that are its own */
		bare = bare <= dtb_size(data) && dtb_size(data) < size ? dtb_size(data) : size;
	return parse(data, bare, ret);
}

size_t hab_payload_padded(const struct hab_payload *payload, size_t label_size)
{
	return (size_t)round_up(payload->size + label_size, HAB_PAD) + HAB_IVT_SIZE;
}

uint64_t hab_payload_runs_at(const struct hab_payload *payload, uint32_t address)
{
	bool anywhere = payload->flags & IMAGE_ANYWHERE;
	uint64_t base = anywhere ? address - payload->text_offset : HAB_DRAM_START;

	return round_up(base, IMAGE_ALIGNMENT) + payload->text_offset;
}

const char *hab_payload_place(const struct hab_payload *payload, uint32_t address)
{
	uint64_t end = (uint64_t)address + hab_payload_padded(payload, 0) + HAB_CSF_MAX;

	if (address < HAB_DRAM_START)
		return "not in DRAM, which begins at 0x40000000 on i.MX8M";
	if (end > ADDRESSES)
		return "the signed file would reach beyond 32 bits, and HAB's addresses do not";
	if (!payload->is_image)
		return address % DTB_ALIGNMENT ? "a device tree begins at a multiple of 8" : NULL;
	if (address % PAGE)
		return "a kernel begins at a multiple of 4096";
	if (payload->image_size > ADDRESSES - hab_payload_runs_at(payload, address))
		return "the kernel would run beyond 32 bits";
	return NULL;
}
