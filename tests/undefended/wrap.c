// SPDX-License-Identifier: Apache-2.0
/*
 * Linked around the functions of the real /init (ld's --wrap), for tests only: words of the first stage
 * make a stage hang or take one defence away, so that the watchdog has something to end and an attack can
 * be seen to work.
 *     hang=STAGE        the stage never ends; hang=STAGE:A only while slot A is tried
 *     undefended=CHECK  the check finds nothing wrong; may be said more than once
 */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "blob.h"
#include "boot.h"
#include "image.h"

static const char *words(void)
{
	static char line[CMDLINE_SIZE + 1];
	int fd;

	if (line[0])
		return line;
	fd = open("/proc/device-tree/chosen/bootargs", O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(fd);
	return line;
}

static bool has(const char *name, const char *value, const char *end)
{
	char word[96];
	struct text text = TEXT_IN(word);

	text_add(&text, name);
	text_add(&text, value);
	text_add(&text, end);
	return cmdline_has(words(), word);
}

static bool undefended(const char *check)
{
	return has("undefended=", check, "");
}

static void hang_if_told(const struct boot *b, const char *stage)
{
	char slot[3] = { ':', slot_letter(boot_candidate(b)->slot), '\0' };

	while (has("hang=", stage, "") || has("hang=", stage, slot))
		pause();
}

#define STAGE(name) \
	boot_stage __real_##name##_stage, __wrap_##name##_stage; \
	int __wrap_##name##_stage(struct boot *b) \
	{ \
		hang_if_told(b, #name); \
		return undefended(#name) ? 0 : __real_##name##_stage(b); \
	}

STAGE(enforcement)
STAGE(device)
STAGE(disk)
STAGE(key)
STAGE(slot)
STAGE(volumes)
STAGE(kernel)
STAGE(load)
STAGE(handover)

int __real_blob_check(const uint8_t *data, size_t size, uint32_t key_size);
int __wrap_blob_check(const uint8_t *data, size_t size, uint32_t key_size);
int __wrap_blob_check(const uint8_t *data, size_t size, uint32_t key_size)
{
	return undefended("blob") ? 0 : __real_blob_check(data, size, key_size);
}

int __real_image_parse(const uint8_t *data, size_t size, struct image *ret);
int __wrap_image_parse(const uint8_t *data, size_t size, struct image *ret);
int __wrap_image_parse(const uint8_t *data, size_t size, struct image *ret)
{
	int error = __real_image_parse(data, size, ret);

	return undefended("image") ? 0 : error;
}

int __real_open_beneath(int dir_fd, const char *path);
int __wrap_open_beneath(int dir_fd, const char *path);
int __wrap_open_beneath(int dir_fd, const char *path)
{
	return undefended("beneath") ? openat(dir_fd, path, O_RDONLY | O_CLOEXEC) :
		__real_open_beneath(dir_fd, path);
}
