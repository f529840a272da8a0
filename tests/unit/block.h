/* SPDX-License-Identifier: Apache-2.0 */
/* Environment blocks for tests. */
#ifndef BB_TEST_BLOCK_H
#define BB_TEST_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK_HEADER "# GRUB Environment Block\n"

/* Fills size bytes: the header, the lines, '#' up to the end. The lines must fit. */
void make_block(uint8_t *data, size_t size, const char *lines);

/* Files by name, for tools that work on files; the calls end the program when they fail. */
void put_file(const char *path, const void *data, size_t size);
size_t get_file(const char *path, void *data, size_t size);

#endif
