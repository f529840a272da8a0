/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes HAB keys and signed images for tests, good ones and ones that no honest tool would sign: each
 * command, address and signature is the test's to choose, and then signed with the right keys. Shares
 * no code with what bbsign writes, but the form of a SignedData.
 */
#ifndef BB_MKHAB_H
#define BB_MKHAB_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MKHAB_PAD 12288
#define MKHAB_LOAD 0x40480000u
#define MKHAB_TIME 1767225600 /* 2026-01-01 */
#define MKHAB_COMMANDS_MAX 40

/* What a command refers to. */
enum mkhab_part { MKHAB_NOTHING, MKHAB_TABLE, MKHAB_CERTIFICATE, MKHAB_SIGNS_CSF, MKHAB_SIGNS_BLOCKS };

/* How a signature is written. */
enum mkhab_cms {
	MKHAB_CMS_GOOD,
	MKHAB_CMS_DEFAULT,       /* as libcrypto writes it: certificate inside, S/MIME capabilities */
	MKHAB_CMS_NO_ATTRIBUTES,
	MKHAB_CMS_SHA384,
	MKHAB_CMS_KEY_ID,        /* the signer is named by key identifier */
	MKHAB_CMS_PSS,
	MKHAB_CMS_TWO_SIGNERS,   /* the second is the same again */
	MKHAB_CMS_ATTACHED,
	MKHAB_CMS_BER,           /* good, but for a length in more bytes than it needs */
};

struct mkhab_pair {
	EVP_PKEY *key;
	X509 *certificate;
};

struct mkhab_keys {
	struct mkhab_pair srk[4], csf[4], image[4];
	uint8_t table[4 + 4 * 527];
	size_t table_size;
	uint8_t fuses[32];
};

struct mkhab_command {
	uint8_t bytes[4 + 4 + 4 + 9 * 8]; /* what refers to a part is filled in, at 8 */
	size_t size;
	enum mkhab_part part;
	int place; /* parts follow each other by this number */
	struct mkhab_pair signer;
	enum mkhab_cms cms;
	const uint8_t *data; /* a part of the test's own, with its header, in place of all that */
	size_t data_size;
};

struct mkhab {
	const struct mkhab_keys *keys;
	const uint8_t *payload;
	size_t payload_size;
	uint32_t load;
	size_t ivt_offset, csf_offset;
	uint8_t label[64]; /* in front of the IVT; all zero: none */
	uint8_t ivt[32];
	struct mkhab_command commands[MKHAB_COMMANDS_MAX];
	size_t count;
	size_t trailing; /* bytes behind it all */

	size_t parts; /* filled in: where in the file the parts begin */
};

/* The commands of bbsign, by place. */
enum { MKHAB_SRK, MKHAB_CSFK, MKHAB_AUTHENTICATE_CSF, MKHAB_UNLOCK_CAAM, MKHAB_UNLOCK_OCOTP, MKHAB_IMGK,
	MKHAB_AUTHENTICATE_IMAGE };

/* slots: which of the four get keys of their own; the others' SRKs are the first one's. */
void mkhab_keys_make(struct mkhab_keys *keys, int bits, unsigned int slots);
void mkhab_keys_free(struct mkhab_keys *keys);

/* A certificate for a key, signed by the issuer, or by the key itself if that is NULL. */
struct mkhab_pair mkhab_pair_make(const char *name, EVP_PKEY *key, const struct mkhab_pair *issuer,
	const char *constraints);
void mkhab_pair_free(struct mkhab_pair *pair);

/* What bbsign writes. */
void mkhab_init(struct mkhab *m, const struct mkhab_keys *keys, unsigned int slot,
	const uint8_t *payload, size_t payload_size);

/* Puts a command of these bytes in front of the one at this place (or behind the last). */
struct mkhab_command *mkhab_insert(struct mkhab *m, size_t at, const uint8_t *bytes, size_t size);
void mkhab_remove(struct mkhab *m, size_t at);
void mkhab_word(uint8_t p[static 4], uint32_t value); /* big-endian */

/* Signs and writes the file, for free() to take. */
uint8_t *mkhab_write(struct mkhab *m, size_t *ret_size);

/* Payloads: the header of an arm64 Image that takes this much memory; all of a device tree. */
void mkhab_image(uint8_t data[static 64], uint64_t memory);
void mkhab_dtb(uint8_t *data, size_t size, const char *child);

#endif
