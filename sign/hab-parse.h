/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the structures of a signed image: IVT, CSF header, commands, and what they refer to. Form
 * only; whether a ROM would take them is for hab-check.h. Offsets are within the bytes given.
 */
#ifndef BB_HAB_PARSE_H
#define BB_HAB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "der.h"
#include "hab-reason.h"

/* HABv4 API Reference Manual, "Data structures" and "Commands"; numbers are big-endian. */
#define HAB_TAG_IVT 0xd1
#define HAB_TAG_CSF 0xd4
#define HAB_TAG_KEY_TABLE 0xd7 /* an SRK table, and also a certificate */
#define HAB_TAG_SIGNATURE 0xd8
#define HAB_HEADER_SIZE 4u
#define HAB_VERSION 0x40 /* the low digit does not matter to U-Boot */

enum hab_tag {
	HAB_SET = 0xb1,
	HAB_UNLOCK = 0xb2,
	HAB_INIT = 0xb4,
	HAB_INSTALL_KEY = 0xbe,
	HAB_NOP = 0xc0,
	HAB_AUTHENTICATE = 0xca,
	HAB_WRITE_DATA = 0xcc,
	HAB_CHECK_DATA = 0xcf,
};

#define HAB_PROTOCOL_SRK 0x03
#define HAB_PROTOCOL_X509 0x09
#define HAB_PROTOCOL_CMS 0xc5
#define HAB_ALGORITHM_ANY 0x00
#define HAB_ALGORITHM_SHA256 0x17
#define HAB_INSTALL_CSF_KEY 0x02 /* the flag of Install Key */

#define HAB_COMMANDS_MAX 32 /* far more than any tool writes */

/* The IVT; its words are little-endian. */
struct hab_ivt {
	uint8_t version;
	uint32_t entry, reserved1, dcd, boot_data, self, csf, reserved2;
};

/* One command. Which fields are set depends on the tag; the others are 0. */
struct hab_command {
	uint8_t tag;
	uint8_t flags;       /* of an Unlock: the engine */
	size_t offset, size; /* within the CSF */

	/* Install Key and Authenticate Data; place is that of the key or signature, within the CSF. */
	uint8_t protocol;
	uint32_t place;

	uint8_t algorithm, source, target;  /* Install Key */
	uint8_t key, engine, configuration; /* Authenticate Data */
	const uint8_t *blocks;              /* Authenticate Data: address and size, 8 bytes each */
	size_t block_count;
	uint32_t features; /* Unlock */
};

struct hab_commands {
	size_t size; /* of header and commands */
	struct hab_command list[HAB_COMMANDS_MAX];
	size_t count;
};

uint32_t hab_word(const uint8_t p[static 4]); /* big-endian */

/* Whether an IVT's header lies at this offset; reads the rest. */
bool hab_read_ivt(const uint8_t *data, size_t size, size_t offset, struct hab_ivt *ret);

/*
 * Reads the header and all commands. Returns HAB_ACCEPTED, or the reason, and says in detail what is
 * wrong. The commands before that one are in *ret.
 */
enum hab_reason hab_read_commands(const uint8_t *csf, size_t size, struct hab_commands *ret,
	char detail[static HAB_DETAIL_SIZE]);

/* A structure with its header, aligned to 4 bytes, all of it within the CSF. */
bool hab_read_structure(const uint8_t *csf, size_t size, size_t offset, uint8_t tag, struct der *ret);

/* Words for a tag, for people; "unknown command" for others. */
const char *hab_command_name(uint8_t tag);

/* Fills in detail; returns the reason. */
enum hab_reason hab_reject(char detail[static HAB_DETAIL_SIZE], enum hab_reason reason,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
