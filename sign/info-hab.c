// SPDX-License-Identifier: Apache-2.0
// bbsign info for what is signed for the boot ROM: IVT, CSF, commands, and what these refer to.

#include <openssl/err.h>
#include <openssl/x509.h>

#include "bytes.h"
#include "describe.h"
#include "dtb.h"
#include "hab-check.h"
#include "hab-parse.h"
#include "hab-signature.h"
#include "hab.h"
#include "info.h"

#define BLOCK_SIZE 8u

struct csf {
	const uint8_t *data;
	size_t size;
};

/* The first IVT that lies where signing puts it; how many there are. */
static size_t count_ivts(const uint8_t *data, size_t size, size_t *ret_offset, struct hab_ivt *ret)
{
	size_t count = 0;

	for (size_t at = HAB_PAD; range_within(at, HAB_IVT_SIZE, size); at += HAB_PAD) {
		struct hab_ivt ivt;

		if (!hab_read_ivt(data, size, at, &ivt) || ivt.self - ivt.entry != at)
			continue;
		if (!count++) {
			*ret_offset = at;
			*ret = ivt;
		}
	}
	return count;
}

static void tell_ivt(struct info *info, const struct hab_ivt *ivt, size_t offset)
{
	info_open(info, "ivt", '{');
	info_number(info, "offset", offset);
	info_address(info, "entry", ivt->entry);
	info_address(info, "self", ivt->self);
	info_address(info, "csf", ivt->csf);
	if (ivt->dcd)
		info_address(info, "dcd", ivt->dcd);
	if (ivt->boot_data)
		info_address(info, "boot_data", ivt->boot_data);
	info_word(info, "version", "%u.%u", ivt->version >> 4, ivt->version & 15);
	info_close(info);
}

static void tell_install(struct info *info, const struct hab_command *c)
{
	if (c->protocol == HAB_PROTOCOL_SRK)
		info_word(info, "command", "Install SRK: slot %u of the table at %u, as key %u", c->source,
			c->place, c->target);
	else
		info_word(info, "command", "Install %s: the certificate at %u, signed by key %u, as key %u",
			c->flags & HAB_INSTALL_CSF_KEY ? "CSF key" : "image key", c->place, c->source,
			c->target);
}

static void tell_authenticate(struct info *info, const struct hab_command *c)
{
	if (!c->block_count)
		info_word(info, "command", "Authenticate CSF: key %u, the signature at %u", c->key,
			c->place);
	for (size_t i = 0; i < c->block_count; i++) {
		unsigned long long start = hab_word(c->blocks + i * BLOCK_SIZE);
		uint32_t size = hab_word(c->blocks + i * BLOCK_SIZE + 4);

		info_word(info, "command",
			"Authenticate Data: key %u, the signature at %u, 0x%08llx to 0x%08llx, %u bytes",
			c->key, c->place, start, start + size, size);
	}
}

static void tell_command(struct info *info, const struct hab_command *c)
{
	char word[DESCRIBE_SIZE];
	struct text t = TEXT_IN(word);

	if (c->tag == HAB_INSTALL_KEY) {
		tell_install(info, c);
	} else if (c->tag == HAB_AUTHENTICATE) {
		tell_authenticate(info, c);
	} else if (c->tag == HAB_UNLOCK) {
		describe_unlock(&t, c->flags, c->features);
		info_word(info, "command", "Unlock %s", word);
	} else {
		info_word(info, "command", "%s (0x%02x), %zu bytes", hab_command_name(c->tag), c->tag,
			c->size);
	}
}

static void tell_certificate(struct info *info, const struct csf *csf, const struct hab_command *c)
{
	const uint8_t *at;
	struct der structure;
	X509 *certificate;

	info_open(info, c->flags & HAB_INSTALL_CSF_KEY ? "csf_certificate" : "image_certificate", '{');
	if (hab_read_structure(csf->data, csf->size, c->place, HAB_TAG_KEY_TABLE, &structure)) {
		at = structure.data + HAB_HEADER_SIZE;
		certificate = d2i_X509(NULL, &at, (long)(structure.size - HAB_HEADER_SIZE));
		if (certificate)
			info_certificate(info, certificate);
		else
			info_word(info, "damaged", "no X.509 certificate at %u of the CSF", c->place);
		X509_free(certificate);
		ERR_clear_error();
	} else {
		info_word(info, "damaged", "nothing at %u of the CSF", c->place);
	}
	info_close(info);
}

static void tell_signature(struct info *info, const struct csf *csf, const struct hab_command *c)
{
	uint8_t digest[SIGNED_DATA_DIGEST_SIZE];
	char signer[DESCRIBE_SIZE];
	struct text t = TEXT_IN(signer);
	struct der structure;
	time_t time;

	info_open(info, c->block_count ? "image_signature" : "csf_signature", '{');
	if (hab_read_structure(csf->data, csf->size, c->place, HAB_TAG_SIGNATURE, &structure) &&
		hab_claimed_signature(&structure, digest, &time, &t)) {
		info_word(info, "signer", "%s", signer);
		info_time(info, "time", time);
		info_hex(info, "sha256", digest, sizeof(digest));
	} else {
		info_word(info, "damaged", "no signature at %u of the CSF", c->place);
	}
	info_close(info);
}

static void tell_table(struct info *info, const struct csf *csf, const struct hab_command *c)
{
	struct der table;

	info_number(info, "slot", c->source);
	info_open(info, "srk_table", '{');
	if (!hab_read_structure(csf->data, csf->size, c->place, HAB_TAG_KEY_TABLE, &table) ||
		!info_srk_table(info, table.data, table.size))
		info_word(info, "damaged", "no SRK table at %u of the CSF", c->place);
	info_close(info);
}

static void tell_part(struct info *info, const struct csf *csf, const struct hab_command *c)
{
	if (c->tag == HAB_INSTALL_KEY && c->protocol == HAB_PROTOCOL_SRK)
		tell_table(info, csf, c);
	else if (c->tag == HAB_INSTALL_KEY)
		tell_certificate(info, csf, c);
	else if (c->tag == HAB_AUTHENTICATE)
		tell_signature(info, csf, c);
}

static void tell_csf(struct info *info, const struct csf *csf)
{
	char detail[HAB_DETAIL_SIZE];
	struct hab_commands commands;
	enum hab_reason reason = hab_read_commands(csf->data, csf->size, &commands, detail);

	info_open(info, "commands", '[');
	for (size_t i = 0; i < commands.count; i++)
		tell_command(info, &commands.list[i]);
	info_close(info);
	if (reason)
		info_word(info, "damaged", "%s: %s", hab_reason_name(reason), detail);
	for (size_t i = 0; i < commands.count; i++)
		tell_part(info, csf, &commands.list[i]);
}

bool info_hab(struct info *info, const uint8_t *data, size_t size)
{
	struct hab_ivt ivt;
	struct csf csf;
	size_t offset, count = count_ivts(data, size, &offset, &ivt), at;

	if (!count)
		return false;
	info_word(info, "kind", "%s, signed for the boot ROM (HAB)",
		hab_word(data) == DTB_MAGIC ? "device tree" : "kernel");
	if (count > 1)
		info_word(info, "warning", "%zu image vector tables; this is about the first", count);
	info_address(info, "load_address", ivt.entry);
	info_number(info, "size", size);
	tell_ivt(info, &ivt, offset);
	at = ivt.csf - ivt.entry;
	if (at >= size) {
		info_word(info, "damaged", "no CSF within the file");
		return true;
	}
	csf = (struct csf){ data + at, size - at < HAB_CSF_MAX ? size - at : HAB_CSF_MAX };
	tell_csf(info, &csf);
	return true;
}
