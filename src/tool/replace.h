/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replaces files on a FAT, of which somebody else reads the names (U-Boot), so that a power cut at any
 * moment leaves under each name a whole file, the old one or the new one.
 *
 * A FAT has no journal. What a name means is one directory entry, which lies in one sector: that is the
 * only thing that is exchanged, by rename, when the new file is wholly on the disk. Linux would free the
 * clusters of the old file in the same moment, and the allocation table can reach the disk before the
 * entry does: the old file is kept open until the entry is there. What a cut can leave besides is the
 * temporary name: of an unfinished file, or of the same clusters as the name has. Then fsck.vfat -a, or
 * the next call, is to take away the temporary one, and fsck keeps what comes first in the directory: so
 * the temporary name stands behind the other.
 */
#ifndef BB_REPLACE_H
#define BB_REPLACE_H

#include <stddef.h>
#include <stdint.h>

struct replacement {
	const char *name; /* in the directory; there is such a file */
	const uint8_t *data;
	size_t size;

	/* Of replace_files() alone: starts as 0. */
	char *temporary;
	int fd;
};

/*
 * Replaces them one after the other, in this order, after all of them are on the disk under temporary
 * names and were read back. What is the same already is left alone. Returns 0 or a negative errno, with
 * the name of the file in *ret_name: -EIO also when something else was read back, -EEXIST when a cut has
 * left two names for one file, which fsck has to take apart. *ret_done: how many have their new contents.
 */
int replace_files(int directory, struct replacement *files, size_t count, const char **ret_name,
	size_t *ret_done);

#endif
