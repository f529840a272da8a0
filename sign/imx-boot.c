// SPDX-License-Identifier: Apache-2.0
// Verifies the container of a first stage; see imx-boot.h.

#include "imx-boot.h"

#include <string.h>

#include "bytes.h"
#include "dtb.h"
#include "fit.h"
#include "hab-parse.h"
#include "hab.h"

#define SECTOR 512u
#define FIT_ALIGNMENT 0x1000u /* U-Boot, arch/arm/mach-imx/spl.c, board_spl_fit_post_load() */

/* i.MX8MM's boot partitions have it at 33 KiB, those of i.MX8MN and i.MX8MP at the start, a disk at 32 KiB. */
static const size_t starts[] = { 0, 33 << 10, 32 << 10 };

bool imx_boot_find(const uint8_t *data, size_t size, size_t *ret_start)
{
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct hab_ivt ivt;

		if (!hab_read_ivt(data, size, starts[i], &ivt) || !ivt.self ||
			ivt.boot_data != ivt.self + HAB_IVT_SIZE)
			continue;
		*ret_start = starts[i];
		return true;
	}
	return false;
}

static size_t least(size_t one, size_t other)
{
	return one < other ? one : other;
}

static enum hab_reason reject(struct imx_boot *b, const struct hab_facts *facts, const char *part,
	enum hab_reason reason)
{
	return hab_reject(b->detail, reason, "%s: %.*s", part, (int)(HAB_DETAIL_SIZE - 16), facts->detail);
}

static enum hab_reason check_first(const uint8_t *data, size_t size, const struct hab_query *base,
	struct imx_boot *ret)
{
	static const size_t ivt_offset = 0;
	struct hab_query query = *base;
	struct hab_ivt ivt;
	enum hab_reason reason;

	if (!hab_read_ivt(data, size, 0, &ivt) || ivt.csf <= ivt.self)
		return hab_reject(ret->detail, HAB_CONTAINER, "the CSF of the first stage is not behind it");
	query.data = data;
	query.size = least(size, (size_t)(ivt.csf - ivt.self) + HAB_CSF_MAX);
	query.load_address = ivt.self;
	query.ivt_offset = &ivt_offset;
	query.loader = HAB_BY_ROM;
	reason = hab_check(&query, &ret->first);
	return reason ? reject(ret, &ret->first, "SPL", reason) : HAB_ACCEPTED;
}

/* SPL has the sector of the FIT compiled in: the only FIT must be the one. */
static enum hab_reason find_fit(const uint8_t *data, size_t size, size_t from, size_t *ret, struct imx_boot *b)
{
	size_t found = 0;

	for (size_t at = (from + SECTOR - 1) / SECTOR * SECTOR; range_within(at, DTB_HEADER_SIZE, size); at += SECTOR) {
		struct fit fit;

		if (hab_word(data + at) != DTB_MAGIC || fit_parse(data + at, size - at, &fit))
			continue;
		if (found)
			return hab_reject(b->detail, HAB_CONTAINER, "a FIT at 0x%zx and another at 0x%zx", found, at);
		found = at;
	}
	*ret = found;
	return found ? HAB_ACCEPTED : hab_reject(b->detail, HAB_CONTAINER,
		"no FIT in a form that is known, at any multiple of %u behind SPL", SECTOR);
}

/* The FIT and its images, each where SPL puts it. */
static enum hab_reason check_second(const uint8_t *data, size_t size, const struct hab_query *base,
	struct imx_boot *ret)
{
	struct hab_region regions[FIT_IMAGES_MAX];
	struct hab_query query = *base;
	struct hab_ivt ivt;
	struct fit fit;
	size_t ivt_offset;
	enum hab_reason reason;

	if (fit_parse(data, size, &fit))
		return hab_reject(ret->detail, HAB_CONTAINER, "no FIT");
	ivt_offset = (fit.tree_size + FIT_ALIGNMENT - 1) / FIT_ALIGNMENT * FIT_ALIGNMENT;
	if (!hab_read_ivt(data, size, ivt_offset, &ivt) || ivt.self < ivt_offset)
		return hab_reject(ret->detail, HAB_IVT_MISSING, "U-Boot: none at 0x%zx of the FIT", ivt_offset);
	for (size_t i = 0; i < fit.count; i++) {
		const struct fit_image *image = &fit.images[i];

		regions[i] = (struct hab_region){ image->load, data + image->place, image->size };
	}
	query.data = data;
	query.size = least(size, ivt_offset + HAB_IVT_SIZE + HAB_CSF_MAX);
	query.load_address = ivt.self - (uint32_t)ivt_offset;
	query.ivt_offset = &ivt_offset;
	query.loader = HAB_BY_SPL;
	query.regions = regions;
	query.region_count = fit.count;
	for (size_t i = 0; i < fit.count; i++) {
		if (regions[i].start < (uint64_t)query.load_address + query.size &&
			query.load_address < (uint64_t)regions[i].start + regions[i].size)
			return hab_reject(ret->detail, HAB_CONTAINER, "U-Boot: the FIT lies where %s is put",
				fit.images[i].name);
	}
	reason = hab_check(&query, &ret->second);
	return reason ? reject(ret, &ret->second, "U-Boot", reason) : HAB_ACCEPTED;
}

enum hab_reason imx_boot_check(const uint8_t *data, size_t size, const struct hab_query *query,
	struct imx_boot *ret)
{
	struct hab_query base = *query;
	enum hab_reason reason;

	*ret = (struct imx_boot){ .start = 0 };
	base.mode = HAB_ROM;
	if (!imx_boot_find(data, size, &ret->start))
		return hab_reject(ret->detail, HAB_CONTAINER, "no image vector table with boot data where a ROM looks");
	reason = check_first(data + ret->start, size - ret->start, &base, ret);
	if (!reason)
		reason = find_fit(data, size, ret->start + ret->first.csf_offset, &ret->fit, ret);
	if (!reason)
		reason = check_second(data + ret->fit, size - ret->fit, &base, ret);
	if (!reason && ret->first.slot != ret->second.slot)
		reason = hab_reject(ret->detail, HAB_CONTAINER, "SPL is of slot %u, U-Boot of slot %u",
			ret->first.slot, ret->second.slot);
	return reason;
}
