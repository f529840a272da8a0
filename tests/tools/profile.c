// SPDX-License-Identifier: Apache-2.0
/*
 * A QEMU plugin that counts guest instructions by function, for tests/profile.
 *
 *     -plugin profile.so,map=FILE,moved=FROM:TO:SIZE,out=FILE
 *
 * The map has a line "ADDRESS KIND NAME" for each function, sorted by address (hexadecimal, 16
 * digits). KIND is '-', 'p' where a new phase begins when the guest enters the function for the
 * first time, or 'e' where counting ends. Whenever a phase is over, its counts are written, a line
 * "PHASE NAME COUNT" for each function. Code that runs at FROM and up is found in the map at TO:
 * the kernel before its MMU is on.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu-plugin.h"

EXPORT int qemu_plugin_version = 1;

struct function {
	uint64_t address;
	char kind, name[80];
	uint64_t count, written;
};

/* The first one stands for everything below the first address. */
static struct function *functions;
static size_t function_count;
static uint64_t moved_from, moved_to, moved_size;
static const char *phase = "start";
static FILE *out;
static bool over;

static void write_phase(void)
{
	for (size_t i = 0; i < function_count; i++) {
		struct function *f = &functions[i];

		if (f->count != f->written)
			fprintf(out, "%s %s %" PRIu64 "\n", phase, f->name, f->count - f->written);
		f->written = f->count;
	}
	fflush(out);
}

static void on_entry(unsigned int vcpu, void *data)
{
	struct function *f = data;

	(void)vcpu;
	if (over || f->kind == '-')
		return;
	write_phase();
	phase = f->name;
	over = f->kind == 'e';
	f->kind = '-';
}

static struct function *find(uint64_t address)
{
	size_t low = 0, high = function_count;

	if (address - moved_from < moved_size)
		address += moved_to - moved_from;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (functions[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	return &functions[low];
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	struct function *f = find(address);

	(void)id;
	if (f->kind != '-' && f->address == address)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_entry, QEMU_PLUGIN_CB_NO_REGS, f);
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &f->count,
		qemu_plugin_tb_n_insns(tb));
}

static bool read_map(const char *path)
{
	FILE *map = fopen(path, "r");
	struct function f = { .kind = '-', .name = "unknown" };
	size_t room = 0;

	if (!map)
		return false;
	do {
		if (function_count == room) {
			room = room ? room * 2 : 1024;
			functions = realloc(functions, room * sizeof(f));
			if (!functions)
				abort();
		}
		functions[function_count++] = f;
	} while (fscanf(map, "%" SCNx64 " %c %79s", &f.address, &f.kind, f.name) == 3);
	fclose(map);
	return true;
}

static bool take_argument(const char *argument)
{
	if (!strncmp(argument, "out=", 4))
		return (out = fopen(argument + 4, "w")) != NULL;
	if (!strncmp(argument, "map=", 4))
		return read_map(argument + 4);
	return sscanf(argument, "moved=%" SCNx64 ":%" SCNx64 ":%" SCNx64, &moved_from, &moved_to,
		       &moved_size) == 3;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv);
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!take_argument(argv[i])) {
			fprintf(stderr, "profile: %s: not understood\n", argv[i]);
			return -1;
		}
	}
	if (!out || !functions)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
