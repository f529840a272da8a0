// SPDX-License-Identifier: Apache-2.0
/*
 * What the shell and its children may not: they run as root, but with fewer rights than PID 1, so
 * that the kernel keeps PID 1's memory, descriptors and root from them (security/commoncap.c,
 * cap_ptrace_access_check), and without the system calls that lead to a key.
 */

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caam-keygen.h"
#include "recovery.h"

/*
 * Kept: files and mounts, dm, restart and kexec, the kernel's log, nodes of block devices.
 *
 * Left out are above all SYS_PTRACE (PID 1); SYS_CHROOT (the way back to PID 1's root, also by
 * setns); DAC_READ_SEARCH (files opened by handle, wherever they are); SYS_RAWIO, SYS_MODULE (the
 * kernel); SYS_TIME (the time-out goes by the clock); SETPCAP.
 */
static const uint32_t kept[] = {
	CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL, CAP_SYS_ADMIN, CAP_SYS_BOOT,
	CAP_SYS_NICE, CAP_IPC_LOCK, CAP_SYSLOG, CAP_MKNOD,
};

int recovery_drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };
	uint64_t keep = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		keep |= UINT64_C(1) << kept[i];
	for (unsigned long cap = 0; cap < 64; cap++) {
		// Those that this kernel does not know are an error.
		if (keep >> cap & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && cap <= CAP_LAST_CAP)
			return -errno;
	}
	for (unsigned int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].effective = data[i].permitted = (uint32_t)(keep >> (32 * i));
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

// The kernel looks at the low 32 bits of an ioctl's number, and so does the filter.
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define REFUSE_IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), REFUSE
#define SKIP_UNLESS(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (count))

// Another machine's numbers would be those of other calls.
#define ONLY_THIS_MACHINE \
	LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_AARCH64, 1, 0), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

/*
 * request_key: the kernel would start a program with all rights, if it did start any (the
 * configuration says no). mknodat: a node of the key service, like every character device.
 */
static const struct sock_filter never[] = {
	ONLY_THIS_MACHINE,
	LOAD(nr),
	REFUSE_IF(__NR_request_key),
	REFUSE_IF(__NR_ptrace),
	REFUSE_IF(__NR_process_vm_readv),
	REFUSE_IF(__NR_process_vm_writev),
	REFUSE_IF(__NR_pidfd_getfd),
	REFUSE_IF(__NR_setns),
	REFUSE_IF(__NR_open_by_handle_at),
	SKIP_UNLESS(__NR_mknodat, 5),
	LOAD(args[2]),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, S_IFMT),
	REFUSE_IF(S_IFCHR),
	ALLOW,
	ALLOW,
};

/*
 * The key service: an open device has no secret, and `bbctl selftest` tries it there.
 *
 * kexec would start a signed kernel, but with words and an initrd that nobody has signed, and that
 * kernel has the key service. `boot` is the way on. A trusted key is made by adding one.
 */
static const struct sock_filter never_when_closed[] = {
	ONLY_THIS_MACHINE,
	LOAD(nr),
	REFUSE_IF(__NR_kexec_file_load),
	REFUSE_IF(__NR_add_key),
	SKIP_UNLESS(__NR_ioctl, 5),
	LOAD(args[1]),
	REFUSE_IF(CAAM_KEYGEN_IOCTL_CREATE),
	REFUSE_IF(CAAM_KEYGEN_IOCTL_IMPORT),
	ALLOW,
};

static int install(const struct sock_filter *filter, size_t size)
{
	struct sock_fprog program = {
		.len = (unsigned short)(size / sizeof(*filter)),
		.filter = (struct sock_filter *)(uintptr_t)filter,
	};

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) ? -errno : 0;
}

int recovery_filter_calls(bool closed)
{
	int error;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	error = install(never, sizeof(never));
	if (!error && closed)
		error = install(never_when_closed, sizeof(never_when_closed));
	return error;
}
