// SPDX-License-Identifier: Apache-2.0
// Verifies a file of the bootloader; see artifact.h.

#include "artifact.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "hab-parse.h"
#include "hab-payload.h"
#include "hab.h"
#include "image.h"
#include "imx-boot.h"
#include "inflate.h"
#include "pki.h"

static const uint8_t gzip_magic[] = { 0x1f, 0x8b };

struct once {
	const uint8_t *data;
	size_t size;
};

// What U-Boot has in memory: the file, or what is in it.
struct contents {
	uint8_t *unpacked; // for free()
	const uint8_t *data;
	size_t size;
};

static int next_piece(void *context, const uint8_t **ret_data, size_t *ret_size)
{
	struct once *once = context;

	*ret_data = once->data;
	*ret_size = once->size;
	once->size = 0;
	return 0;
}

static bool is_packed(const struct artifact_query *query)
{
	return query->size >= sizeof(gzip_magic) &&
	       !memcmp(query->file, gzip_magic, sizeof(gzip_magic));
}

static enum hab_reason unpack(const struct artifact_query *query, struct contents *ret,
	char detail[static HAB_DETAIL_SIZE])
{
	struct once once = { query->file, query->size };
	const struct inflate_source source = { next_piece, &once };
	struct inflate_result result = { 0, NULL };

	*ret = (struct contents){ NULL, query->file, query->size };
	if (!is_packed(query))
		return HAB_ACCEPTED;
	ret->unpacked = malloc(IMAGE_SIZE_MAX);
	if (!ret->unpacked)
		return hab_reject(detail, HAB_SYSTEM, "no memory to unpack it");
	if (inflate_gzip(&source, ret->unpacked, IMAGE_SIZE_MAX, &result))
		return hab_reject(detail, HAB_PACKED, "%s",
			result.detail ? result.detail : "it holds more than an Image may have");
	ret->data = ret->unpacked;
	ret->size = result.size;
	return HAB_ACCEPTED;
}

static bool is_development(const struct der *certificate)
{
	const uint8_t *at = certificate->data;
	X509 *parsed = d2i_X509(NULL, &at, (long)certificate->size);
	bool is = parsed && pki_is_development(parsed);

	X509_free(parsed);
	return is;
}

// In ROM mode nobody has looked at the payload yet.
static enum hab_reason take_kind(const struct contents *contents, const struct hab_facts *facts,
	struct artifact *ret)
{
	size_t label = facts->has_label ? HAB_LABEL_SIZE : 0;
	struct hab_payload payload;
	const char *wrong =
		hab_payload_parse_padded(contents->data, facts->ivt_offset - label, &payload);

	if (!wrong && ret->packed && !payload.is_image)
		wrong = "a device tree packed with gzip, which U-Boot does not unpack";
	if (wrong)
		return hab_reject(ret->detail, HAB_PAYLOAD, "%s", wrong);
	ret->kind = payload.is_image ? ARTIFACT_KERNEL : ARTIFACT_DEVICE_TREE;
	return HAB_ACCEPTED;
}

static void take_facts(const struct hab_facts *facts, struct artifact *ret)
{
	ret->slot = facts->slot;
	ret->ivt_offset = facts->ivt_offset;
	memcpy(ret->fuses, facts->fuses, sizeof(ret->fuses));
	ret->is_development = is_development(&facts->csf_certificate) ||
			      is_development(&facts->image_certificate);
	ret->has_label = facts->has_label;
	ret->label = facts->label;
}

static enum hab_reason verify_first_stage(const struct contents *contents,
	const struct hab_query *query, struct artifact *ret)
{
	struct imx_boot boot;
	enum hab_reason reason = imx_boot_check(contents->data, contents->size, query, &boot);

	memcpy(ret->detail, boot.detail, sizeof(ret->detail));
	if (reason)
		return reason;
	take_facts(&boot.first, ret);
	ret->is_development |= is_development(&boot.second.csf_certificate) ||
			       is_development(&boot.second.image_certificate);
	ret->kind = ARTIFACT_FIRST_STAGE;
	return HAB_ACCEPTED;
}

static enum hab_reason verify(const struct artifact_query *query, const struct contents *contents,
	struct artifact *ret)
{
	struct hab_query rom = { .data = contents->data, .size = contents->size,
		.fuses = query->fuses, .fuses_size = SRK_FUSES_SIZE, .any_fuses = query->any_fuses,
		.revoked = query->revoked, .mode = query->mode };
	struct hab_facts facts;
	enum hab_reason reason;
	size_t start;

	if (!ret->packed && imx_boot_find(contents->data, contents->size, &start))
		return verify_first_stage(contents, &rom, ret);
	if (!hab_claimed_load_address(
		    contents->data, contents->size, &rom.load_address, &ret->ivt_offset))
		return hab_reject(ret->detail, HAB_IVT_MISSING,
			"none at a multiple of %u that says so, or more than one", HAB_PAD);
	rom.ivt_offset = &ret->ivt_offset;
	ret->load_address = rom.load_address;
	reason = hab_check(&rom, &facts);
	if (reason) {
		memcpy(ret->detail, facts.detail, sizeof(ret->detail));
		return reason;
	}
	take_facts(&facts, ret);
	return take_kind(contents, &facts, ret);
}

enum hab_reason artifact_verify(const struct artifact_query *query, struct artifact *ret)
{
	struct contents contents;
	enum hab_reason reason;

	*ret = (struct artifact){ .packed = is_packed(query) };
	reason = unpack(query, &contents, ret->detail);
	if (!reason)
		reason = verify(query, &contents, ret);
	free(contents.unpacked);
	return reason;
}

const char *artifact_kind_name(enum artifact_kind kind)
{
	static const char *const names[] = { "kernel", "device tree", "first stage" };

	return names[kind];
}
