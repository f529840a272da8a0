// SPDX-License-Identifier: Apache-2.0
// Reads IVT and CSF; see hab-parse.h.

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "hab-parse.h"
#include "hab.h"

#define VERSION_MASK 0xf0

#define INSTALL_KEY_SIZE 12u
#define AUTHENTICATE_SIZE 12u
#define BLOCK_SIZE 8u
#define UNLOCK_SIZE 8u
#define NOP_SIZE 4u

enum hab_reason hab_reject(char detail[static HAB_DETAIL_SIZE], enum hab_reason reason,
	const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, HAB_DETAIL_SIZE, format, arguments);
	va_end(arguments);
	return reason;
}

uint32_t hab_word(const uint8_t p[static 4])
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static size_t length_in_header(const uint8_t *header)
{
	return (size_t)(header[1] << 8 | header[2]);
}

static bool has_header(const uint8_t *header, uint8_t tag)
{
	return header[0] == tag && (header[3] & VERSION_MASK) == HAB_VERSION;
}

bool hab_read_ivt(const uint8_t *data, size_t size, size_t offset, struct hab_ivt *ret)
{
	const uint8_t *p;

	if (!range_within(offset, HAB_IVT_SIZE, size))
		return false;
	p = data + offset;
	if (!has_header(p, HAB_TAG_IVT) || length_in_header(p) != HAB_IVT_SIZE)
		return false;
	*ret = (struct hab_ivt){
		.version = p[3],
		.entry = get_le32(p + 4),
		.reserved1 = get_le32(p + 8),
		.dcd = get_le32(p + 12),
		.boot_data = get_le32(p + 16),
		.self = get_le32(p + 20),
		.csf = get_le32(p + 24),
		.reserved2 = get_le32(p + 28),
	};
	return true;
}

bool hab_read_structure(const uint8_t *csf, size_t size, size_t offset, uint8_t tag, struct der *ret)
{
	size_t length;

	if (offset % 4 || !range_within(offset, HAB_HEADER_SIZE, size) || !has_header(csf + offset, tag))
		return false;
	length = length_in_header(csf + offset);
	if (length <= HAB_HEADER_SIZE || !range_within(offset, length, size))
		return false;
	*ret = (struct der){ csf + offset, length };
	return true;
}

const char *hab_command_name(uint8_t tag)
{
	switch (tag) {
	case HAB_SET: return "Set";
	case HAB_UNLOCK: return "Unlock";
	case HAB_INIT: return "Init";
	case HAB_INSTALL_KEY: return "Install Key";
	case HAB_NOP: return "NOP";
	case HAB_AUTHENTICATE: return "Authenticate Data";
	case HAB_WRITE_DATA: return "Write Data";
	case HAB_CHECK_DATA: return "Check Data";
	default: return "unknown command";
	}
}

/* The fields behind the header. Returns false when the length is not one of this command. */
static bool read_fields(const uint8_t *p, struct hab_command *command)
{
	switch (command->tag) {
	case HAB_INSTALL_KEY:
		if (command->size != INSTALL_KEY_SIZE)
			return false;
		command->protocol = p[4];
		command->algorithm = p[5];
		command->source = p[6];
		command->target = p[7];
		command->place = hab_word(p + 8);
		return true;
	case HAB_AUTHENTICATE:
		if (command->size < AUTHENTICATE_SIZE || (command->size - AUTHENTICATE_SIZE) % BLOCK_SIZE)
			return false;
		command->key = p[4];
		command->protocol = p[5];
		command->engine = p[6];
		command->configuration = p[7];
		command->place = hab_word(p + 8);
		command->blocks = p + AUTHENTICATE_SIZE;
		command->block_count = (command->size - AUTHENTICATE_SIZE) / BLOCK_SIZE;
		return true;
	case HAB_UNLOCK:
		/* Unlocks of the device's life cycle name one chip behind the features. */
		if (command->size < UNLOCK_SIZE)
			return false;
		command->features = hab_word(p + 4);
		return true;
	case HAB_NOP:
		return command->size == NOP_SIZE;
	default:
		return true;
	}
}

static enum hab_reason read_command(const uint8_t *csf, size_t end, size_t offset,
	struct hab_command *ret, char detail[static HAB_DETAIL_SIZE])
{
	const uint8_t *p = csf + offset; /* at most end */
	size_t size;

	if (!range_within(offset, HAB_HEADER_SIZE, end))
		return hab_reject(detail, HAB_COMMAND_FORM,
			"the command at %zu of the CSF is longer than what is left", offset);
	size = length_in_header(p);
	if (size < HAB_HEADER_SIZE || !range_within(offset, size, end))
		return hab_reject(detail, HAB_COMMAND_FORM,
			"the command at %zu of the CSF has a length of %zu", offset, size);
	*ret = (struct hab_command){ .tag = p[0], .flags = p[3], .offset = offset, .size = size };
	if (!read_fields(p, ret))
		return hab_reject(detail, HAB_COMMAND_FORM, "%s at %zu of the CSF has a length of %zu",
			hab_command_name(p[0]), offset, size);
	return HAB_ACCEPTED;
}

enum hab_reason hab_read_commands(const uint8_t *csf, size_t size, struct hab_commands *ret,
	char detail[static HAB_DETAIL_SIZE])
{
	*ret = (struct hab_commands){ .size = 0 };
	if (size < HAB_HEADER_SIZE)
		return hab_reject(detail, HAB_CSF_TRUNCATED, "no header at the CSF's place");
	if (!has_header(csf, HAB_TAG_CSF) || length_in_header(csf) < HAB_HEADER_SIZE)
		return hab_reject(detail, HAB_CSF_HEADER, "it begins with %02x %02x%02x %02x", csf[0],
			csf[1], csf[2], csf[3]);
	if (length_in_header(csf) > size)
		return hab_reject(detail, HAB_CSF_TRUNCATED, "its commands take %zu bytes, %zu are left",
			length_in_header(csf), size);
	ret->size = length_in_header(csf);
	for (size_t at = HAB_HEADER_SIZE; at < ret->size;) {
		struct hab_command *command = &ret->list[ret->count];
		enum hab_reason reason;

		if (ret->count == HAB_COMMANDS_MAX)
			return hab_reject(detail, HAB_COMMAND_FORM, "more than %d commands",
				HAB_COMMANDS_MAX);
		reason = read_command(csf, ret->size, at, command, detail);
		if (reason)
			return reason;
		ret->count++;
		at += command->size;
	}
	return HAB_ACCEPTED;
}
