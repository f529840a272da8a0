// SPDX-License-Identifier: Apache-2.0
/*
 * A QEMU plugin that counts guest instructions: all, those of /init, and those of its inflate. It
 * writes a line "NAME ALL INIT INFLATE" whenever the guest enters a function that it was told of.
 *
 *     -plugin count.so,out=FILE,init=FROM-TO,inflate=FROM-TO,...,mark=NAME:ADDRESS,...
 *
 * Addresses are hexadecimal and those of the static /init, which no kernel code shares. The functions
 * of QEMU are declared here as its documentation has them ("QEMU TCG Plugins", plugin API version 1).
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_info_t;
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };

EXPORT int qemu_plugin_version = 1;
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
	void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
	void (*callback)(unsigned int vcpu, void *data), enum qemu_plugin_cb_flags flags, void *data);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb,
	enum qemu_plugin_op operation, void *counter, uint64_t value);

struct range {
	uint64_t from, to;
};

static struct mark {
	char name[32];
	uint64_t address;
} marks[64];
static size_t mark_count;
static struct range init, inflate[32];
static size_t inflate_ranges;
static uint64_t all_count, init_count, inflate_count;
static FILE *out;

static bool within(const struct range *range, uint64_t address)
{
	return address >= range->from && address < range->to;
}

static bool is_inflate(uint64_t address)
{
	for (size_t i = 0; i < inflate_ranges; i++) {
		if (within(&inflate[i], address))
			return true;
	}
	return false;
}

static void on_mark(unsigned int vcpu, void *data)
{
	const struct mark *mark = data;

	(void)vcpu;
	fprintf(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", mark->name, all_count, init_count,
		inflate_count);
	fflush(out);
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t address = qemu_plugin_tb_vaddr(tb);
	size_t size = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < mark_count; i++) {
		if (marks[i].address == address)
			qemu_plugin_register_vcpu_tb_exec_cb(tb, on_mark, QEMU_PLUGIN_CB_NO_REGS, &marks[i]);
	}
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &all_count, size);
	if (within(&init, address))
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &init_count, size);
	if (is_inflate(address))
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &inflate_count, size);
}

static bool take_argument(const char *argument)
{
	struct mark *mark = &marks[mark_count];

	if (!strncmp(argument, "out=", 4))
		return (out = fopen(argument + 4, "w")) != NULL;
	if (!strncmp(argument, "init=", 5))
		return sscanf(argument + 5, "%" SCNx64 "-%" SCNx64, &init.from, &init.to) == 2;
	if (!strncmp(argument, "inflate=", 8) && inflate_ranges < sizeof(inflate) / sizeof(inflate[0])) {
		struct range *range = &inflate[inflate_ranges++];

		return sscanf(argument + 8, "%" SCNx64 "-%" SCNx64, &range->from, &range->to) == 2;
	}
	if (mark_count == sizeof(marks) / sizeof(marks[0]) ||
	    sscanf(argument, "mark=%31[^:]:%" SCNx64, mark->name, &mark->address) != 2)
		return false;
	mark_count++;
	return true;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv);
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (!take_argument(argv[i])) {
			fprintf(stderr, "count: %s: not understood\n", argv[i]);
			return -1;
		}
	}
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
