// SPDX-License-Identifier: Apache-2.0
// The bootloader's configuration, for commands that go by it.

#include <stdlib.h>

#include "bbctl.h"

int read_config(const char *file, struct config *ret)
{
	size_t size;
	unsigned int line = 0;
	uint8_t *data = read_whole(file, CONFIG_SIZE_MAX, &size);
	int status = 0;

	if (!data)
		return STATUS_USAGE;
	if (size > CONFIG_SIZE_MAX || config_parse(data, size, ret, &line))
		status = fail_file(file, "no configuration of the bootloader: line %u", line);
	free(data);
	return status;
}
