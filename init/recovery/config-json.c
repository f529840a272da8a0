// SPDX-License-Identifier: Apache-2.0
// What the OS's config.json says of the shell: developmentMode, on the encrypted boot volume.

#include <fcntl.h>
#include <unistd.h>

#include "boot.h"
#include "json-read.h"
#include "mounts.h"
#include "recovery.h"
#include "system.h"

#define MOUNT_BOOT "/balena-boot"
#define CONFIG_JSON "config.json"

static const char *const answers[] = {
	[JSON_READ_FOUND] = "developmentMode in config.json is false",
	[JSON_READ_ABSENT] = "config.json has no developmentMode",
	[JSON_READ_NOT_BOOLEAN] = "developmentMode in config.json is neither true nor false",
	[JSON_READ_TWICE] = "config.json has developmentMode twice",
	[JSON_READ_NOT_JSON] = "config.json is not JSON",
	[JSON_READ_TOO_DEEP] = "config.json has too many brackets in one another",
	[JSON_READ_TOO_LONG] = "config.json is too long",
};

// One byte more than is looked at tells a file that is too long.
static ssize_t read_config_json(uint8_t *data, size_t size)
{
	cleanup_fd int volume = open(MOUNT_BOOT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = open_beneath(volume, CONFIG_JSON);
	size_t used = 0;
	ssize_t n = 0;

	while (fd >= 0 && used < size && (n = read(fd, data + used, size - used)) > 0)
		used += (size_t)n;
	return fd < 0 || n < 0 ? -1 : (ssize_t)used;
}

const char *recovery_read_config(struct boot *b)
{
	static uint8_t data[JSON_READ_SIZE_MAX + 1];
	enum json_read answer;
	bool development = false;
	ssize_t size;

	if (mount_volume(b, VOLUME_BOOT, MOUNT_BOOT, MOUNT_READ))
		return "the boot volume cannot be mounted";
	size = read_config_json(data, sizeof(data));
	unmount(MOUNT_BOOT);
	if (size < 0)
		return "the boot volume has no config.json that can be read";
	answer = json_read_bool(data, (size_t)size, "developmentMode", &development);
	return development ? NULL : answers[answer];
}
