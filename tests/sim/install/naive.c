// SPDX-License-Identifier: Apache-2.0
// A premise: in place of src/tool/replace.c, what cp does. The file is truncated and written again.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "replace.h"

int replace_files(int directory, struct replacement *files, size_t count, const char **ret_name, size_t *ret_done)
{
	for (*ret_done = 0; *ret_done < count; ++*ret_done) {
		struct replacement *file = &files[*ret_done];
		int fd = openat(directory, file->name, O_WRONLY | O_TRUNC);
		ssize_t n = fd < 0 ? -1 : write(fd, file->data, file->size);

		*ret_name = file->name;
		if (n < 0 || fsync(fd))
			return -errno;
		close(fd);
	}
	return 0;
}
