// SPDX-License-Identifier: Apache-2.0
/*
 * A QEMU plugin that counts guest instructions: all, those of /init, and those of its inflate. It
 * writes a line "NAME ALL INIT INFLATE CALLS MEMORY TIME" whenever the guest enters a function that it
 * was told of.
 *
 *     -plugin count.so,out=FILE,init=FROM-TO,inflate=FROM-TO,...,mark=NAME:ADDRESS,...
 *     -plugin count.so,out=FILE,starts=on,base=ADDRESS,call=ADDRESS,...,ram=FILE,stop=NUMBER
 *
 * Addresses are hexadecimal and those of the static /init, which no kernel code shares. With starts=on
 * there is a line "kernel" where a kernel begins and "program" where a program does, whatever they are.
 * CALLS are those of the first kernel's functions at call=; base= is its __primary_switched, and
 * addresses are those of its System.map: the kernel moves itself as a whole. MEMORY is how many bytes
 * the file has of which the machine's memory is made (ram=): the pages that were written to. TIME is the
 * host's, in microseconds. stop= ends the machine where that kernel, counted from 1, begins.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "qemu-plugin.h"

/* A kernel that is an EFI program too begins with "MZ": arch/arm64/kernel/efi-header.S. */
#define KERNEL_START 0xfa405a4du

/*
 * How a program begins, in musl and in glibc: x29 and x30 are cleared (mov x29, #0; mov x30, #0), in
 * glibc behind a place for a branch target (nop, or bti c).
 */
#define CLEAR_X29 0xd280001du
#define CLEAR_X30 0xd280001eu
#define NOP 0xd503201fu
#define BTI_C 0xd503245fu

#define KERNEL_HALF (1ull << 63)

EXPORT int qemu_plugin_version = 1;

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
static uint64_t all_count, init_count, inflate_count, call_count;
static FILE *out;

static bool starts;
static struct mark kernel_start = { .name = "kernel" }, program_start = { .name = "program" };
static unsigned int kernels, stop;
static uint64_t base, slide, calls[8];
static size_t calls_count;
static const char *ram;

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

// In blocks of 512 bytes, whatever those of the filesystem are.
static uint64_t memory_written(void)
{
	struct stat status = { .st_blocks = 0 };

	if (ram)
		stat(ram, &status);
	return (uint64_t)status.st_blocks * 512;
}

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void on_mark(unsigned int vcpu, void *data)
{
	const struct mark *mark = data;

	(void)vcpu;
	fprintf(out, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		mark->name, all_count, init_count, inflate_count, call_count, memory_written(), now_us());
	fflush(out);
	if (mark == &kernel_start && ++kernels == stop)
		_exit(0);
}

static uint32_t instruction(const struct qemu_plugin_tb *tb, size_t i)
{
	uint32_t word = 0;

	if (i < qemu_plugin_tb_n_insns(tb))
		memcpy(&word, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), sizeof(word));
	return word;
}

static bool is_program_start(const struct qemu_plugin_tb *tb)
{
	size_t i = instruction(tb, 0) == NOP || instruction(tb, 0) == BTI_C;

	return instruction(tb, i) == CLEAR_X29 && instruction(tb, i + 1) == CLEAR_X30;
}

// A kernel's code in its own half of the addresses starts with __primary_switched.
static bool is_call(uint64_t address)
{
	if (!base || !(address & KERNEL_HALF))
		return false;
	if (!slide)
		slide = address - base + 1;
	for (size_t i = 0; i < calls_count; i++) {
		if (address - (slide - 1) == calls[i])
			return true;
	}
	return false;
}

static void mark_starts(struct qemu_plugin_tb *tb, uint64_t address)
{
	struct mark *mark = NULL;

	if (instruction(tb, 0) == KERNEL_START)
		mark = &kernel_start;
	else if (!(address & KERNEL_HALF) && is_program_start(tb))
		mark = &program_start;
	if (mark)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, on_mark, QEMU_PLUGIN_CB_NO_REGS, mark);
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
	if (starts)
		mark_starts(tb, address);
	if (is_call(address))
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &call_count, 1);
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &all_count, size);
	if (within(&init, address))
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &init_count, size);
	if (is_inflate(address))
		qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &inflate_count, size);
}

static bool take_start(const char *argument)
{
	if (!strcmp(argument, "starts=on"))
		return starts = true;
	if (!strncmp(argument, "ram=", 4))
		return (ram = strdup(argument + 4)) != NULL;
	if (!strncmp(argument, "call=", 5) && calls_count < sizeof(calls) / sizeof(calls[0]))
		return sscanf(argument + 5, "%" SCNx64, &calls[calls_count++]) == 1;
	return sscanf(argument, "base=%" SCNx64, &base) == 1 || sscanf(argument, "stop=%u", &stop) == 1;
}

static bool take_argument(const char *argument)
{
	struct mark *mark = &marks[mark_count];

	if (take_start(argument))
		return true;
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
