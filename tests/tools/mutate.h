/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of mutate share. */
#ifndef BB_MUTATE_H
#define BB_MUTATE_H

#include <stddef.h>
#include <stdint.h>

struct file {
	uint8_t *data;
	size_t size;
};

void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* New bytes are zero. */
void resize(struct file *f, size_t size);

struct file read_whole_file(const char *path);
void write_whole_file(const char *path, const struct file *f);

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void put32(uint8_t *p, size_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* The operations; number is 0 for those that take none. */
typedef void operation_fn(struct file *f, size_t number);
operation_fn flip_code, flip_header, flip_signature, not_image, set_version, strip;
operation_fn hide, second_certificate, second_x509, second_signer, unsigned_attribute;
operation_fn gz, gz_lies, gz_checksum, gz_endless;

#endif
