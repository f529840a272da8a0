// SPDX-License-Identifier: Apache-2.0
// Environment blocks and files for tests.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

void make_block(uint8_t *data, size_t size, const char *lines)
{
	size_t header = strlen(BLOCK_HEADER), length = strlen(lines);

	if (header + length > size)
		abort();
	memset(data, '#', size);
	memcpy(data, BLOCK_HEADER, header);
	memcpy(data + header, lines, length);
}

void put_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "we");

	if (!f || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

size_t get_file(const char *path, void *data, size_t size)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f) {
		perror(path);
		exit(1);
	}
	n = fread(data, 1, size, f);
	fclose(f);
	return n;
}
