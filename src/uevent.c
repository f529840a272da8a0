// SPDX-License-Identifier: Apache-2.0
// Reads what sysfs says about disks and partitions; see uevent.h.

#include <errno.h>
#include <string.h>

#include "uevent.h"

// Takes one thing off the front of what is left.
static bool take(const uint8_t **data, size_t *size, const char *text)
{
	size_t length = strlen(text);

	if (*size < length || memcmp(*data, text, length) != 0)
		return false;
	*data += length;
	*size -= length;
	return true;
}

int uevent_value(const uint8_t *data, size_t size, const char *key, char *ret, size_t ret_size)
{
	const uint8_t *found = NULL;
	size_t found_size = 0;

	ret[0] = '\0';
	if (memchr(data, '\0', size) || (size && data[size - 1] != '\n'))
		return -EINVAL;
	while (size) {
		const uint8_t *value = data;
		size_t line = (size_t)((const uint8_t *)memchr(data, '\n', size) - data);
		size_t left = line;

		if (take(&value, &left, key) && take(&value, &left, "=")) {
			if (found)
				return -EEXIST;
			found = value;
			found_size = left;
		}
		data += line + 1;
		size -= line + 1;
	}
	if (!found)
		return -ENOENT;
	if (found_size >= ret_size)
		return -ENAMETOOLONG;
	memcpy(ret, found, found_size);
	ret[found_size] = '\0';
	return 0;
}

bool uevent_is_disk(const uint8_t *link, size_t size, const char *controller)
{
	static const char block[] = "/block/";
	const size_t length = sizeof(block) - 1;
	const uint8_t *slash;

	if (!take(&link, &size, "../devices/") || !take(&link, &size, controller))
		return false;
	slash = memrchr(link, '/', size);
	if (!slash || link[0] != '/' || slash == link + size - 1)
		return false;
	size = (size_t)(slash - link) + 1;
	return size >= length && !memcmp(link + size - length, block, length);
}

int uevent_number(const uint8_t *data, size_t size, uint64_t *ret)
{
	uint64_t number = 0;

	if (size && data[size - 1] == '\n')
		size--;
	if (!size || (size > 1 && data[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < size; i++) {
		if (data[i] < '0' || data[i] > '9' ||
			__builtin_mul_overflow(number, (uint64_t)10, &number) ||
			__builtin_add_overflow(number, (uint64_t)(data[i] - '0'), &number))
			return -EINVAL;
	}
	*ret = number;
	return 0;
}
