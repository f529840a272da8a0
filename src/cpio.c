// SPDX-License-Identifier: Apache-2.0
// Packs the boot report for the kernel that is started; see cpio.h.

#include <string.h>

#include "cpio.h"
#include "text.h"

#define MODE_DIRECTORY 0040755
#define MODE_FILE 0100444

static void add_field(struct text *t, uint32_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	text_add_hex(t, bytes, sizeof(bytes));
}

static void pad(struct text *t)
{
	while (t->used % 4 && !t->overflow)
		text_add_bytes(t, "", 1);
}

static void add_entry(struct text *t, uint32_t inode, uint32_t mode, const char *directory,
	const char *file, const void *data, size_t size)
{
	size_t name_size = strlen(directory) + (file ? 1 + strlen(file) : 0) + 1;
	const uint32_t fields[] = { inode, mode, 0, 0, 1, 0, (uint32_t)size, 0, 0, 0, 0,
		(uint32_t)name_size, 0 };

	text_add(t, "070701");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		add_field(t, fields[i]);
	text_add(t, directory);
	if (file) {
		text_add_char(t, '/');
		text_add(t, file);
	}
	text_add_bytes(t, "", 1);
	pad(t);
	text_add_bytes(t, data, size);
	pad(t);
}

size_t cpio_pack(const char *directory, const char *file, const void *data, size_t size,
	char *ret, size_t ret_size)
{
	struct text t = text_in(ret, ret_size);

	add_entry(&t, 1, MODE_DIRECTORY, directory, NULL, "", 0);
	add_entry(&t, 2, MODE_FILE, directory, file, data, size);
	add_entry(&t, 0, 0, "TRAILER!!!", NULL, "", 0);
	return t.overflow ? 0 : t.used;
}
