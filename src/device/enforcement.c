// SPDX-License-Identifier: Apache-2.0
// Asks the running kernel what it would start; see enforcement.h.

#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "enforcement.h"
#include "system.h"
#include "text.h"

int enforcement_lockdown(char *ret, size_t size)
{
	char modes[64];
	char *mode;
	int error = read_line(AT_FDCWD, ENFORCEMENT_LOCKDOWN, modes, sizeof(modes));

	ret[0] = '\0';
	if (error)
		return error;
	mode = strchr(modes, '[');
	if (mode) {
		mode++;
		mode[strcspn(mode, "]")] = '\0';
		text_copy_to(ret, size, mode);
	}
	return 0;
}

bool enforcement_mode_is_enough(const char *mode)
{
	return !strcmp(mode, "integrity") || !strcmp(mode, "confidentiality");
}

int enforcement_kexec_load(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, 0) == -1 ? errno : 0;
}

/*
 * The smallest file that arm64's image_probe takes for a kernel: a header with the magic number at
 * 56 (Documentation/arch/arm64/booting.rst). It has no signature.
 */
int enforcement_probe(void)
{
	static const uint8_t image[4096] = { 'M', 'Z', [16] = 0, 0x10, [56] = 'A', 'R', 'M', 0x64 };
	cleanup_fd int fd = memfd_create("probe", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, image, sizeof(image)) != sizeof(image))
		return -EIO;
	if (syscall(SYS_kexec_file_load, fd, -1, 1UL, "", KEXEC_FILE_NO_INITRAMFS) == -1)
		return errno;
	syscall(SYS_kexec_file_load, -1, -1, 0UL, NULL, KEXEC_FILE_UNLOAD);
	return 0;
}
