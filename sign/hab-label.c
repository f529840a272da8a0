// SPDX-License-Identifier: Apache-2.0
// Labels of signed files; see hab-label.h.

#include "hab-label.h"

#include <ctype.h>
#include <string.h>

#include "bytes.h"

#define VERSION 8
#define DEVICE_TYPE 16

static const uint8_t magic[] = { 'b', 'b', 'L', 'a', 'b', 'e', 'l', 1 };

bool hab_is_device_type(const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)word[i]) && !strchr("-_.", word[i]))
			return false;
	}
	return length && length < HAB_DEVICE_TYPE_SIZE;
}

void hab_label_write(const struct hab_label *label, uint8_t buffer[static HAB_LABEL_SIZE])
{
	memset(buffer, 0, HAB_LABEL_SIZE);
	memcpy(buffer, magic, sizeof(magic));
	put_le32(buffer + VERSION, label->security_version);
	memcpy(buffer + DEVICE_TYPE, label->device_type,
		strnlen(label->device_type, HAB_DEVICE_TYPE_SIZE - 1));
}

bool hab_has_label(const uint8_t *data, size_t ivt_offset)
{
	return ivt_offset >= HAB_LABEL_SIZE &&
	       !memcmp(data + ivt_offset - HAB_LABEL_SIZE, magic, sizeof(magic));
}

bool hab_label_read(const uint8_t *data, size_t ivt_offset, struct hab_label *ret)
{
	uint8_t again[HAB_LABEL_SIZE];
	const uint8_t *label;

	if (!hab_has_label(data, ivt_offset))
		return false;
	label = data + ivt_offset - HAB_LABEL_SIZE;
	ret->security_version = get_le32(label + VERSION);
	memcpy(ret->device_type, label + DEVICE_TYPE, HAB_DEVICE_TYPE_SIZE);
	ret->device_type[HAB_DEVICE_TYPE_SIZE - 1] = '\0';
	hab_label_write(ret, again);
	return hab_is_device_type(ret->device_type) && !memcmp(label, again, HAB_LABEL_SIZE);
}
