// SPDX-License-Identifier: Apache-2.0
// dmtable NAME: type and parameters of a device-mapper device's table, as the kernel gives them.
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	static union {
		struct dm_ioctl header;
		char bytes[16384];
	} request;
	struct dm_ioctl *dm = &request.header;
	const struct dm_target_spec *target;
	int control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);

	if (argc != 2 || strlen(argv[1]) >= sizeof(dm->name))
		return 2;
	dm->version[0] = DM_VERSION_MAJOR;
	dm->data_size = sizeof(request);
	dm->data_start = sizeof(*dm);
	dm->flags = DM_STATUS_TABLE_FLAG;
	strcpy(dm->name, argv[1]);
	if (control < 0 || ioctl(control, (int)DM_TABLE_STATUS, dm)) {
		perror(argv[1]);
		return 1;
	}
	if (dm->target_count != 1 || (dm->flags & DM_BUFFER_FULL_FLAG)) {
		fprintf(stderr, "%s: has %u targets\n", argv[1], dm->target_count);
		return 1;
	}
	target = (const void *)(request.bytes + dm->data_start);
	printf("%s %s\n", target->target_type, (const char *)(target + 1));
	return 0;
}
