/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel command lines. What the first stage says is data from outside: a word reaches the OS only
 * when the signed configuration lists its name and its bytes are plain.
 */
#ifndef BB_CMDLINE_H
#define BB_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* COMMAND_LINE_SIZE of arm64 (arch/arm64/include/uapi/asm/setup.h), with the NUL. */
#define CMDLINE_SIZE 2048

/* Whether one of the blank-separated words is exactly `word`. */
bool cmdline_has(const char *line, const char *word);

/*
 * Copies the value of the last "name=value" word, the one that counts for the kernel too, into ret,
 * a buffer of ret_size bytes. Returns 0, -ENOENT, or -EINVAL when it does not fit.
 */
int cmdline_value(const char *line, const char *name, char *ret, size_t ret_size);

/*
 * Appends the words of line that pass lists and that consist of [A-Za-z0-9._,:=/@+-] only, and the
 * names of all others to dropped, blank-separated, each at most once cut to plain characters. An
 * entry of pass is a name, which is what stands before '=', or "name=start" for a value that starts
 * so: console=uart8250,mmio32,<address> makes the kernel write there (init/main.c, do_early_param),
 * console=tty... does not.
 */
void cmdline_filter(const char *line, const char *pass, struct text *out, struct text *dropped);

/* Appends a word or words, with a blank in front unless the text is empty. */
void cmdline_add(struct text *out, const char *words);

#endif
