/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the running kernel starts only kernels that are signed: it has to show it. On arm64 that
 * takes three of its options together, and two of the three accept everything.
 */
#ifndef BB_ENFORCEMENT_H
#define BB_ENFORCEMENT_H

#include <stdbool.h>
#include <stddef.h>

#define ENFORCEMENT_LOCKDOWN "/sys/kernel/security/lockdown"

/* The kernel's lockdown mode, such as "integrity". Returns 0 or a negative errno. */
int enforcement_lockdown(char *ret, size_t size);

/* Whether a mode is one in which the kernel insists on signatures. */
bool enforcement_mode_is_enough(const char *mode);

/*
 * What the old kexec_load answers: its errno. It takes segments instead of a file, and has nothing to
 * check a signature on: only ENOSYS is good.
 */
int enforcement_kexec_load(void);

/*
 * What kexec_file_load answers to an unsigned kernel: its errno, of which only EPERM is good; 0 when
 * it took it, which is undone. Returns a negative errno when the question could not be put.
 */
int enforcement_probe(void);

#endif
