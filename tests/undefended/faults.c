// SPDX-License-Identifier: Apache-2.0
/*
 * Further words, for faults:
 *     hang=begin         in start, before the watchdog is opened
 *     hang=start         as soon as it is open
 *     hang=getrandom     the random number generator is never ready
 *     rng-timeout=0      the configuration says so
 *     layout=1|2         the configuration accepts only this layout of the encrypted volumes
 *     kexec_load=present the old call answers as if the kernel had it: under lockdown, with EPERM
 *     undefended=version the configuration demands no minimum version of a kernel
 *     undefended=reread  the kernel file is read once more after it was checked, and that is loaded
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wrap.h"

// What start reads when the watchdog is open: the words of the first stage.
int __real_read_file(int dir_fd, const char *path, void *data, size_t size);
int __wrap_read_file(int dir_fd, const char *path, void *data, size_t size);
int __wrap_read_file(int dir_fd, const char *path, void *data, size_t size)
{
	if (!strcmp(path, "/proc/device-tree/chosen/bootargs") && has("hang=", "start", ""))
		hang();
	return __real_read_file(dir_fd, path, data, size);
}

// Called right before the watchdog is opened.
int __real_config_parse(const uint8_t *data, size_t size, struct config *ret,
	unsigned int *ret_line);
int __wrap_config_parse(const uint8_t *data, size_t size, struct config *ret,
	unsigned int *ret_line);
int __wrap_config_parse(const uint8_t *data, size_t size, struct config *ret,
	unsigned int *ret_line)
{
	int error = __real_config_parse(data, size, ret, ret_line);

	if (has("hang=", "begin", ""))
		hang();
	if (undefended("version"))
		ret->minimum_version = 0;
	if (has("rng-timeout=", "0", ""))
		ret->rng_timeout = 0;
	if (has("key-source=", "caam-trusted", ""))
		ret->key_source = KEY_SOURCE_CAAM_TRUSTED;
	if (has("layout=", "1", ""))
		ret->layout = CONFIG_LAYOUT_1;
	if (has("layout=", "2", ""))
		ret->layout = CONFIG_LAYOUT_2;
	return error;
}

ssize_t __real_getrandom(void *data, size_t size, unsigned int flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned int flags);
ssize_t __wrap_getrandom(void *data, size_t size, unsigned int flags)
{
	if (!has("hang=", "getrandom", ""))
		return __real_getrandom(data, size, flags);
	pause();
	errno = EINTR;
	return -1;
}

long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	if (number != SYS_kexec_load || !has("kexec_load=", "present", ""))
		return __real_syscall(number, a, b, c, d, e, f);
	errno = EPERM;
	return -1;
}

boot_stage __real_kernel_stage, __wrap_kernel_stage;

// From the disk, not from memory. The report stays that of the file that was checked.
static int read_again(struct boot *b)
{
	struct report_kernel checked = b->report.kernel;
	uint32_t minimum = b->config.minimum_version;
	int caches = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
	int error;

	if (write(caches, "3", 1) != 1)
		return errno;
	close(caches);
	close(b->kernel);
	b->config.minimum_version = 0;
	error = __real_kernel_stage(b);
	b->config.minimum_version = minimum;
	b->report.kernel = checked;
	return error;
}

int __wrap_kernel_stage(struct boot *b)
{
	int error;

	hang_if_told(b, "kernel");
	error = undefended("kernel") ? 0 : __real_kernel_stage(b);
	return !error && undefended("reread") ? read_again(b) : error;
}
