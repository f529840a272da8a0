// SPDX-License-Identifier: Apache-2.0
// Mappings of dm-verity through libdevmapper; see verity.h.

#include <errno.h>
#include <libdevmapper.h>

#include "text.h"
#include "verity.h"

#define SECTORS_PER_BLOCK (MANIFEST_BLOCK / 512)

/*
 * 1 <data device> <hash device> <block sizes> <data blocks> <first block of the tree> sha256
 * <root hash> <salt> [<number of options> <options>]
 * (Documentation/admin-guide/device-mapper/verity.rst)
 */
static void add_table(
	struct text *table, const struct manifest *manifest, const char *device, bool panic)
{
	text_add(table, "1 ");
	text_add(table, device);
	text_add_char(table, ' ');
	text_add(table, device);
	text_add(table, " 4096 4096 ");
	text_add_number(table, manifest->data_blocks);
	text_add_char(table, ' ');
	text_add_number(table, manifest->data_blocks);
	text_add(table, " sha256 ");
	text_add_hex(table, manifest->root_hash, sizeof(manifest->root_hash));
	text_add_char(table, ' ');
	text_add_hex(table, manifest->salt, sizeof(manifest->salt));
	if (panic)
		text_add(table, " 1 panic_on_corruption");
}
_Static_assert(MANIFEST_BLOCK == 4096, "as the table says");

// Runs a task and makes or removes the node. libdevmapper leaves the reason in errno.
static int run(struct dm_task *task)
{
	int error = dm_task_run(task) ? 0 : -(errno ? errno : EIO);

	dm_task_update_nodes();
	dm_task_destroy(task);
	return error;
}

int verity_open(const struct manifest *manifest, const char *device, const char *name, bool panic)
{
	char params[512];
	struct text table = TEXT_IN(params);
	struct dm_task *task = dm_task_create(DM_DEVICE_CREATE);

	add_table(&table, manifest, device, panic);
	if (!task)
		return -ENOMEM;
	if (table.overflow || !dm_task_set_name(task, name) || !dm_task_set_ro(task) ||
		!dm_task_add_target(task, 0, (uint64_t)manifest->data_blocks * SECTORS_PER_BLOCK,
			"verity", params)) {
		dm_task_destroy(task);
		return -EINVAL;
	}
	return run(task);
}

int verity_close(const char *name)
{
	struct dm_task *task = dm_task_create(DM_DEVICE_REMOVE);

	if (!task)
		return -ENOMEM;
	if (!dm_task_set_name(task, name)) {
		dm_task_destroy(task);
		return -EINVAL;
	}
	return run(task);
}
