// SPDX-License-Identifier: Apache-2.0
/*
 * /init of the shell flow. The kernel is the production one, in which no script is a program and
 * there is no console: so this gives the shell its script, and files to read and write that are
 * there.
 */

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

int main(void)
{
	if (mount("dev", "/dev", "devtmpfs", 0, NULL))
		return 1;
	for (int fd = 0; fd <= 2; fd++) {
		if (open("/dev/null", O_RDWR) != fd)
			return 1;
	}
	execl("/bin/busybox", "sh", "/bin/shell-flow", (char *)NULL);
	return 1;
}
