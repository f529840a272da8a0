// SPDX-License-Identifier: Apache-2.0
// mutate's files, and its end on an error.

#include "mutate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("mutate: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void resize(struct file *f, size_t size)
{
	uint8_t *data = realloc(f->data, size);

	if (!data)
		die("out of memory");
	f->data = data;
	if (size > f->size)
		memset(f->data + f->size, 0, size - f->size);
	f->size = size;
}

struct file read_whole_file(const char *path)
{
	struct file f = { NULL, 0 };
	FILE *in = fopen(path, "rbe");
	size_t n;

	if (!in)
		die("%s cannot be opened", path);
	do {
		size_t size = f.size;

		resize(&f, size + (1 << 20));
		n = fread(f.data + size, 1, 1 << 20, in);
		f.size = size + n;
	} while (n > 0);
	if (ferror(in))
		die("%s cannot be read", path);
	fclose(in);
	return f;
}

void write_whole_file(const char *path, const struct file *f)
{
	FILE *out = fopen(path, "wbe");

	if (!out || fwrite(f->data, 1, f->size, out) != f->size || fclose(out))
		die("%s cannot be written", path);
}
