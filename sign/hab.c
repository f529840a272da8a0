// SPDX-License-Identifier: Apache-2.0
// Writes IVT and CSF; see hab.h. Commands, order, places and versions are those of NXP's CST.

#include "hab.h"

#include <string.h>

#include "bytes.h"
#include "hab-check.h"
#include "hab-parse.h"

/* In the header of what CST writes for "Version = 4.2"; IVT and SRK table stay at 4.0. */
#define CSF_VERSION 0x42

/* The header, three Install Key, two Authenticate Data (the second has one block), two Unlock. */
#define COMMANDS_SIZE (4u + 3u * 12u + 12u + 20u + 2u * 8u)
_Static_assert(COMMANDS_SIZE == 88, "as CST's");

/* Places in the ROM's key store. */
enum { KEY_SRK, KEY_CSF, KEY_IMAGE };

struct writer {
	uint8_t *bytes;
	size_t size, at;
	bool overflow; // something did not fit
};

// Where the CSF has what the commands refer to.
struct places {
	uint32_t srk_table, csf_certificate, image_certificate, csf_signature, image_signature;
};

static void put(struct writer *w, const uint8_t *bytes, size_t size)
{
	if (w->overflow || !range_within(w->at, size, w->size)) {
		w->overflow = true;
		return;
	}
	memcpy(w->bytes + w->at, bytes, size);
	w->at += size;
}

static void put_word(struct writer *w, uint32_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	put(w, bytes, sizeof(bytes));
}

// The header of a structure or a command; of the latter, the last byte is a parameter.
static void put_header(struct writer *w, uint8_t tag, size_t size, uint8_t last)
{
	w->overflow |= size > UINT16_MAX;
	put_word(w, (uint32_t)tag << 24 | (uint32_t)size << 8 | last);
}

// Everything begins at a multiple of 4 bytes.
static uint32_t align(struct writer *w)
{
	static const uint8_t zeros[3];

	put(w, zeros, (0 - w->at) & 3);
	return (uint32_t)w->at;
}

static uint32_t put_structure(struct writer *w, uint8_t tag, const uint8_t *content, size_t size)
{
	uint32_t place = align(w);

	w->overflow |= !content || !size;
	if (!w->overflow) {
		put_header(w, tag, HAB_HEADER_SIZE + size, CSF_VERSION);
		put(w, content, size);
	}
	return place;
}

static uint32_t put_certificate(struct writer *w, const X509 *certificate)
{
	unsigned char *der = NULL;
	int size = i2d_X509(certificate, &der);
	uint32_t place = put_structure(w, HAB_TAG_KEY_TABLE, der, size > 0 ? (size_t)size : 0);

	OPENSSL_free(der);
	return place;
}

static uint32_t put_signature(struct writer *w, const struct signed_data *signature)
{
	uint8_t buffer[SIGNED_DATA_MAX];
	const uint8_t *start = NULL;
	size_t size = signed_data_write(signature, buffer, &start);

	return put_structure(w, HAB_TAG_SIGNATURE, start, size);
}

static void put_install(struct writer *w, uint8_t flags, uint8_t protocol, uint8_t algorithm,
	unsigned int source, unsigned int target, uint32_t place)
{
	put_header(w, HAB_INSTALL_KEY, 12, flags);
	put_word(w, (uint32_t)protocol << 24 | (uint32_t)algorithm << 16 | source << 8 | target);
	put_word(w, place);
}

static void put_authenticate(struct writer *w, unsigned int key, uint32_t place, size_t blocks)
{
	put_header(w, HAB_AUTHENTICATE, 12 + 8 * blocks, 0);
	put_word(w, key << 24 | HAB_PROTOCOL_CMS << 16 | HAB_ENGINE_CAAM << 8);
	put_word(w, place);
}

static void put_unlock(struct writer *w, uint8_t engine, uint32_t features)
{
	put_header(w, HAB_UNLOCK, 8, engine);
	put_word(w, features);
}

static void put_commands(struct writer *w, const struct hab_csf *csf, const struct places *at)
{
	put_header(w, HAB_TAG_CSF, COMMANDS_SIZE, CSF_VERSION);
	put_install(w, 0, HAB_PROTOCOL_SRK, HAB_ALGORITHM_SHA256, csf->slot, KEY_SRK,
		at->srk_table);
	put_install(w, HAB_INSTALL_CSF_KEY, HAB_PROTOCOL_X509, HAB_ALGORITHM_ANY, KEY_SRK, KEY_CSF,
		at->csf_certificate);
	put_authenticate(w, KEY_CSF, at->csf_signature, 0);
	put_unlock(w, HAB_ENGINE_CAAM, HAB_UNLOCK_CAAM);
	put_unlock(w, HAB_ENGINE_OCOTP, HAB_UNLOCK_OCOTP);
	put_install(w, 0, HAB_PROTOCOL_X509, HAB_ALGORITHM_ANY, KEY_SRK, KEY_IMAGE,
		at->image_certificate);
	put_authenticate(w, KEY_IMAGE, at->image_signature, 1);
	put_word(w, csf->start);
	put_word(w, csf->size);
}

static size_t write_csf(const struct hab_csf *csf, uint8_t buffer[static HAB_CSF_MAX])
{
	struct writer w = { buffer, HAB_CSF_MAX, COMMANDS_SIZE, false };
	struct writer commands = { buffer, COMMANDS_SIZE, 0, false };
	struct places at;

	at.srk_table = align(&w);
	put(&w, csf->srk_table, csf->srk_table_size);
	at.csf_certificate = put_certificate(&w, csf->csf.certificate);
	at.image_certificate = put_certificate(&w, csf->image.certificate);
	at.image_signature = put_signature(&w, &csf->image);
	at.csf_signature = put_signature(&w, &csf->csf);
	align(&w);
	put_commands(&commands, csf, &at);
	return w.overflow || commands.overflow ? 0 : w.at;
}

void hab_write_ivt(uint32_t start, uint32_t size, uint8_t buffer[static HAB_IVT_SIZE])
{
	memset(buffer, 0, HAB_IVT_SIZE);
	buffer[0] = HAB_TAG_IVT;
	buffer[2] = HAB_IVT_SIZE;
	buffer[3] = HAB_VERSION;
	put_le32(buffer + 4, start);
	put_le32(buffer + 20, start + size - HAB_IVT_SIZE);
	put_le32(buffer + 24, start + size);
}

int hab_write(const struct hab_csf *csf, uint8_t buffer[static HAB_IVT_SIZE + HAB_CSF_MAX],
	size_t *ret_size)
{
	size_t size = write_csf(csf, buffer + HAB_IVT_SIZE);

	if (!size || csf->size < HAB_IVT_SIZE || csf->size > UINT32_MAX - csf->start)
		return -1;
	hab_write_ivt(csf->start, csf->size, buffer);
	*ret_size = HAB_IVT_SIZE + size;
	return 0;
}

size_t hab_commands_size(void)
{
	return COMMANDS_SIZE;
}
