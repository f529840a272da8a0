// SPDX-License-Identifier: Apache-2.0
// Signed images for tests; see mkhab.h. A failure of libcrypto ends the test program.

#include "mkhab.h"

#include <openssl/cms.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "signed-data.h"

#define FILE_MAX (256u << 10)
#define ATTACHED_MAX 100 /* more would not fit into the CSF */

static void need(bool good)
{
	if (!good)
		abort();
}

void mkhab_word(uint8_t p[static 4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_little(uint8_t p[static 4], uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

void mkhab_init(struct mkhab *m, const struct mkhab_keys *keys, unsigned int slot,
	const uint8_t *payload, size_t payload_size)
{
	const struct mkhab_command commands[] = {
		{ { 0xbe, 0, 12, 0, 0x03, 0x17, (uint8_t)slot, 0 }, 12, MKHAB_TABLE, 0, { NULL, NULL },
			MKHAB_CMS_GOOD, NULL, 0 },
		{ { 0xbe, 0, 12, 2, 0x09, 0, 0, 1 }, 12, MKHAB_CERTIFICATE, 1, keys->csf[slot],
			MKHAB_CMS_GOOD, NULL, 0 },
		{ { 0xca, 0, 12, 0, 1, 0xc5, 0x1d, 0 }, 12, MKHAB_SIGNS_CSF, 4, keys->csf[slot],
			MKHAB_CMS_GOOD, NULL, 0 },
		{ { 0xb2, 0, 8, 0x1d, 0, 0, 0, 3 }, 8, MKHAB_NOTHING, 0, { NULL, NULL }, MKHAB_CMS_GOOD,
			NULL, 0 },
		{ { 0xb2, 0, 8, 0x21, 0, 0, 0, 2 }, 8, MKHAB_NOTHING, 0, { NULL, NULL }, MKHAB_CMS_GOOD,
			NULL, 0 },
		{ { 0xbe, 0, 12, 0, 0x09, 0, 0, 2 }, 12, MKHAB_CERTIFICATE, 2, keys->image[slot],
			MKHAB_CMS_GOOD, NULL, 0 },
		{ { 0xca, 0, 20, 0, 2, 0xc5, 0x1d, 0 }, 20, MKHAB_SIGNS_BLOCKS, 3, keys->image[slot],
			MKHAB_CMS_GOOD, NULL, 0 },
	};

	*m = (struct mkhab){ .keys = keys, .payload = payload, .payload_size = payload_size,
		.load = MKHAB_LOAD };
	m->ivt_offset = (payload_size + MKHAB_PAD - 1) / MKHAB_PAD * MKHAB_PAD;
	m->csf_offset = m->ivt_offset + 32;
	m->count = sizeof(commands) / sizeof(commands[0]);
	memcpy(m->commands, commands, sizeof(commands));
	mkhab_word(m->commands[MKHAB_AUTHENTICATE_IMAGE].bytes + 12, MKHAB_LOAD);
	mkhab_word(m->commands[MKHAB_AUTHENTICATE_IMAGE].bytes + 16, (uint32_t)m->csf_offset);
	memcpy(m->ivt, (const uint8_t[]){ 0xd1, 0, 32, 0x40 }, 4);
	put_little(m->ivt + 4, MKHAB_LOAD);
	put_little(m->ivt + 20, MKHAB_LOAD + (uint32_t)m->ivt_offset);
	put_little(m->ivt + 24, MKHAB_LOAD + (uint32_t)m->csf_offset);
}

struct mkhab_command *mkhab_insert(struct mkhab *m, size_t at, const uint8_t *bytes, size_t size)
{
	struct mkhab_command *command = &m->commands[at];

	need(m->count < MKHAB_COMMANDS_MAX && size <= sizeof(command->bytes));
	memmove(command + 1, command, (m->count - at) * sizeof(*command));
	*command = (struct mkhab_command){ .size = size };
	memcpy(command->bytes, bytes, size);
	m->count++;
	return command;
}

void mkhab_remove(struct mkhab *m, size_t at)
{
	m->count--;
	memmove(&m->commands[at], &m->commands[at + 1], (m->count - at) * sizeof(m->commands[0]));
}

/* By libcrypto, in forms that are not the one. */
static size_t sign_otherwise(const struct mkhab_command *c, const uint8_t *data, size_t size,
	uint8_t buffer[static SIGNED_DATA_MAX])
{
	unsigned int flags = CMS_BINARY | CMS_DETACHED | CMS_PARTIAL;
	unsigned int own = c->cms == MKHAB_CMS_DEFAULT ? 0 : CMS_NOCERTS | CMS_NOSMIMECAP;
	const EVP_MD *digest = c->cms == MKHAB_CMS_SHA384 ? EVP_sha384() : EVP_sha256();
	size_t inside = c->cms == MKHAB_CMS_ATTACHED && size > ATTACHED_MAX ? ATTACHED_MAX : size;
	BIO *content = BIO_new_mem_buf(data, (int)inside);
	CMS_ContentInfo *cms;
	int length;

	if (c->cms == MKHAB_CMS_NO_ATTRIBUTES)
		own |= CMS_NOATTR;
	if (c->cms == MKHAB_CMS_KEY_ID)
		own |= CMS_USE_KEYID;
	if (c->cms == MKHAB_CMS_ATTACHED)
		flags &= ~(unsigned int)CMS_DETACHED;
	if (c->cms == MKHAB_CMS_PSS)
		own |= CMS_KEY_PARAM;
	cms = CMS_sign(NULL, NULL, NULL, content, flags);
	for (int i = 0; i < 1 + (c->cms == MKHAB_CMS_TWO_SIGNERS); i++) {
		CMS_SignerInfo *signer =
			CMS_add1_signer(cms, c->signer.certificate, c->signer.key, digest, flags | own);

		need(signer);
		if (c->cms == MKHAB_CMS_PSS)
			need(EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(signer),
				     RSA_PKCS1_PSS_PADDING) == 1);
	}
	need(CMS_final(cms, content, NULL, flags) == 1);
	length = i2d_CMS_ContentInfo(cms, NULL);
	need(length > 0 && length <= (int)SIGNED_DATA_MAX);
	need(i2d_CMS_ContentInfo(cms, &buffer) == length);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return (size_t)length;
}

static size_t sign(const struct mkhab_command *c, const uint8_t *data, size_t size,
	uint8_t buffer[static SIGNED_DATA_MAX])
{
	struct signed_data s = { .form = SIGNED_DATA_HAB, .certificate = c->signer.certificate,
		.time = MKHAB_TIME };
	const uint8_t *start;
	size_t length;

	if (c->cms != MKHAB_CMS_GOOD && c->cms != MKHAB_CMS_BER)
		return sign_otherwise(c, data, size, buffer);
	SHA256(data, size, s.digest);
	need(!signed_data_sign(&s, c->signer.key));
	length = signed_data_write(&s, buffer, &start);
	need(length);
	memmove(buffer, start, length);
	if (c->cms == MKHAB_CMS_BER) { /* 30 82 xx xx becomes 30 83 00 xx xx */
		memmove(buffer + 3, buffer + 2, length++ - 2);
		buffer[1] = 0x83;
		buffer[2] = 0;
	}
	return length;
}

/* What a command's blocks have in the file, one behind the other. */
static size_t gather(const struct mkhab *m, const struct mkhab_command *c, const uint8_t *file,
	uint8_t *ret)
{
	size_t size = 0;

	for (size_t at = 12; at < c->size; at += 8) {
		const uint8_t *p = c->bytes + at;
		size_t from = ((size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]) - m->load;
		size_t length = (size_t)p[4] << 24 | (size_t)p[5] << 16 | (size_t)p[6] << 8 | p[7];

		if (from < FILE_MAX && length <= FILE_MAX - from && size + length <= FILE_MAX) {
			memcpy(ret + size, file + from, length);
			size += length;
		}
	}
	return size;
}

/* A part's content behind its header; the CSF's own signature comes last and is all zero before. */
static size_t put_part(const struct mkhab *m, const struct mkhab_command *c, const uint8_t *file,
	const uint8_t *commands, size_t commands_size, uint8_t *to)
{
	uint8_t *content = to + 4, *scratch = malloc(FILE_MAX);
	size_t size = 0;
	int length;

	need(scratch);
	if (c->data) {
		memcpy(to, c->data, c->data_size);
		free(scratch);
		return c->data_size;
	}
	if (c->part == MKHAB_TABLE) {
		memcpy(to, m->keys->table, m->keys->table_size);
		free(scratch);
		return m->keys->table_size;
	}
	if (c->part == MKHAB_CERTIFICATE) {
		length = i2d_X509(c->signer.certificate, &content);
		need(length > 0);
		size = (size_t)length;
	} else if (c->part == MKHAB_SIGNS_CSF) {
		size = sign(c, commands, commands_size, content);
	} else {
		size = sign(c, scratch, gather(m, c, file, scratch), content);
	}
	free(scratch);
	mkhab_word(to, (c->part == MKHAB_CERTIFICATE ? 0xd7000042u : 0xd8000042u) |
		(uint32_t)(size + 4) << 8);
	return size + 4;
}

static size_t put_commands(const struct mkhab *m, uint8_t *csf)
{
	size_t at = 4;

	for (size_t i = 0; i < m->count; i++) {
		memcpy(csf + at, m->commands[i].bytes, m->commands[i].size);
		at += m->commands[i].size;
	}
	mkhab_word(csf, 0xd4000042u | (uint32_t)at << 8);
	return at;
}

/* The command whose part is the next one. */
static struct mkhab_command *next_part(struct mkhab *m, int after)
{
	struct mkhab_command *next = NULL;

	for (size_t i = 0; i < m->count; i++) {
		struct mkhab_command *c = &m->commands[i];

		if (c->part != MKHAB_NOTHING && c->place > after && (!next || c->place < next->place))
			next = c;
	}
	return next;
}

/*
 * Places are known when the sizes are, so all is written twice: the second time signs the commands
 * with the right places in them.
 */
uint8_t *mkhab_write(struct mkhab *m, size_t *ret_size)
{
	uint8_t *file = calloc(1, FILE_MAX), *csf = file + m->csf_offset;
	size_t at = 0, size;

	need(file);
	memcpy(file, m->payload, m->payload_size);
	if (m->label[0])
		memcpy(file + m->ivt_offset - sizeof(m->label), m->label, sizeof(m->label));
	memcpy(file + m->ivt_offset, m->ivt, sizeof(m->ivt));
	for (int round = 0; round < 2; round++) {
		size = put_commands(m, csf);
		m->parts = m->csf_offset + size;
		at = size;
		for (struct mkhab_command *c = next_part(m, -1); c; c = next_part(m, c->place)) {
			at = (at + 3) & ~(size_t)3;
			mkhab_word(c->bytes + 8, (uint32_t)at);
			put_commands(m, csf);
			at += put_part(m, c, file, csf, size, csf + at);
		}
	}
	at = (at + 3) & ~(size_t)3;
	*ret_size = m->csf_offset + at + m->trailing;
	return file;
}
