// SPDX-License-Identifier: Apache-2.0
// An ext4 filesystem as a power cut leaves it: a file's first block is in the journal only, so that
// what a mount shows differs before and after the journal was replayed.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mkdisk.h"

#define BLOCK_MAX 4096

/* The number of the first block of a file. */
static unsigned long long first_block(const struct partition *part, const char *path)
{
	char *request = xasprintf("bmap \"%s\" 0", part->dirty);
	char *out_path = scratch_path(part->name, "bmap");
	const char *const argv[] = {"debugfs", "-R", request, path, NULL};
	unsigned long long block = 0;
	FILE *out;

	run_debugfs(argv, out_path);
	out = fopen(out_path, "r");
	if (!out || fscanf(out, "%llu", &block) != 1 || !block)
		die("partition %s: '%s' has no block of its own", part->name, part->dirty);
	fclose(out);
	free(request);
	free(out_path);
	return block;
}

/* Takes the block's contents out of the filesystem and leaves a pattern that is nobody's. */
static void take_block(const char *path, unsigned long long block, uint8_t *contents, size_t size)
{
	uint8_t pattern[BLOCK_MAX];
	off_t offset = (off_t)(block * size);
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	memset(pattern, '#', sizeof(pattern));
	if (pread(fd, contents, size, offset) != (ssize_t)size ||
		pwrite(fd, pattern, size, offset) != (ssize_t)size || close(fd))
		die("%s: block %llu: %s", path, block, strerror(errno));
}

void journal_make(const struct partition *part, const char *path)
{
	uint8_t contents[BLOCK_MAX];
	size_t size = ext4_block_size(part);
	unsigned long long block = first_block(part, path);
	char *block_path = scratch_path(part->name, "block");
	char *script_path = scratch_path(part->name, "journal");
	char *script = xasprintf("jo -c\njw -b %llu %s\njc\n", block, block_path);
	const char *const argv[] = {"debugfs", "-w", "-f", script_path, path, NULL};

	take_block(path, block, contents, size);
	write_file(block_path, contents, size);
	write_file(script_path, script, strlen(script));
	run_debugfs(argv, NULL);
	free(script);
	free(script_path);
	free(block_path);
}
