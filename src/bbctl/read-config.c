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
		status = line || size > CONFIG_SIZE_MAX ?
			fail_file(file, "no configuration of the bootloader: line %u", line) :
			fail_file(file, "no whole configuration of the bootloader: a key is missing (variant and "
				"stage, which the build adds?), or its values do not go together");
	free(data);
	return status;
}
