// SPDX-License-Identifier: Apache-2.0
/*
 * Linked around the functions of the real /init (ld's --wrap), for tests only: words of the first stage
 * make a stage hang or take one defence away, so that the watchdog has something to end and an attack can
 * be seen to work.
 *     hang=STAGE        the stage never ends; hang=STAGE:A only while slot A is tried. That it was reached
 *                       stands in the first bytes of the disk then, which are nobody's
 *     undefended=CHECK  the check finds nothing wrong; may be said more than once
 * What a CHECK is stands at its function below; a stage's name leaves the stage out.
 */

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "blob.h"
#include "boot.h"
#include "image.h"
#include "system.h"
#include "uevent.h"
#include "wrap.h"

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

bool has(const char *name, const char *value, const char *end)
{
	char word[96];
	struct text text = TEXT_IN(word);

	text_add(&text, name);
	text_add(&text, value);
	text_add(&text, end);
	return cmdline_has(words(), word);
}

bool undefended(const char *check)
{
	return has("undefended=", check, "");
}

void hang(void)
{
	int disk = open("/dev/vda", O_WRONLY | O_CLOEXEC);

	if (disk < 0)
		disk = open("/dev/mmcblk2", O_WRONLY | O_CLOEXEC);
	if (disk >= 0 && write(disk, "hang", 4) == 4)
		fsync(disk);
	for (;;)
		pause();
}

void hang_if_told(const struct boot *b, const char *stage)
{
	char slot[3] = { ':', slot_letter(boot_candidate(b)->slot), '\0' };

	if (has("hang=", stage, "") || has("hang=", stage, slot))
		hang();
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
STAGE(load)
STAGE(handover)

typedef int blob_check_call(uint32_t source, const uint8_t *data, size_t size, uint32_t key_size);
blob_check_call __real_blob_check, __wrap_blob_check;
int __wrap_blob_check(uint32_t source, const uint8_t *data, size_t size, uint32_t key_size)
{
	return undefended("blob") ? 0 : __real_blob_check(source, data, size, key_size);
}

int __real_image_parse(const uint8_t *data, size_t size, struct image *ret);
int __wrap_image_parse(const uint8_t *data, size_t size, struct image *ret);
int __wrap_image_parse(const uint8_t *data, size_t size, struct image *ret)
{
	int error = __real_image_parse(data, size, ret);

	return undefended("image") ? 0 : error;
}

// revoked: no kernel is.
bool __real_digests_have(const char *list, const uint8_t *digest);
bool __wrap_digests_have(const char *list, const uint8_t *digest);
bool __wrap_digests_have(const char *list, const uint8_t *digest)
{
	return !undefended("revoked") && __real_digests_have(list, digest);
}

int __real_open_beneath(int dir_fd, const char *path);
int __wrap_open_beneath(int dir_fd, const char *path);
int __wrap_open_beneath(int dir_fd, const char *path)
{
	int fd;

	if (!undefended("beneath"))
		return __real_open_beneath(dir_fd, path);
	fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

// memory: there always seems to be enough of it.
int __real_sysinfo(struct sysinfo *info);
int __wrap_sysinfo(struct sysinfo *info);
int __wrap_sysinfo(struct sysinfo *info)
{
	int result = __real_sysinfo(info);

	if (undefended("memory"))
		info->freeram = (1ul << 30) / info->mem_unit;
	return result;
}

// bzero: keys stay; and where later calls do not overwrite them by chance, as they would on the stack.
void __real_explicit_bzero(void *data, size_t size);
void __wrap_explicit_bzero(void *data, size_t size);
void __wrap_explicit_bzero(void *data, size_t size)
{
	static uint8_t left[4096] __attribute__((used));
	static size_t used;

	if (!undefended("bzero")) {
		__real_explicit_bzero(data, size);
	} else if (size <= sizeof(left) - used) {
		memcpy(left + used, data, size);
		used += size;
	}
}

// drop: keys are revoked and stay in their keyring, as they would be if all of them were tagged keys.
int __real_volume_key_drop(int32_t serial, int32_t keyring);
int __wrap_volume_key_drop(int32_t serial, int32_t keyring);
int __wrap_volume_key_drop(int32_t serial, int32_t keyring)
{
	if (undefended("drop"))
		return keyctl_revoke(serial) ? -errno : 0;
	return __real_volume_key_drop(serial, keyring);
}

// cmdline: every word of the first stage goes on to the OS.
typedef void cmdline_filter_call(const char *line, const char *pass, struct text *out,
	struct text *dropped);
cmdline_filter_call __real_cmdline_filter, __wrap_cmdline_filter;
void __wrap_cmdline_filter(const char *line, const char *pass, struct text *out, struct text *dropped)
{
	if (undefended("cmdline"))
		cmdline_add(out, line);
	else
		__real_cmdline_filter(line, pass, out, dropped);
}

// firmware: the OS is not told to leave alone what /chosen says of one.
void __real_cmdline_add(struct text *out, const char *words);
void __wrap_cmdline_add(struct text *out, const char *words);
void __wrap_cmdline_add(struct text *out, const char *words)
{
	if (strcmp(words, "efi=noruntime") || !undefended("firmware"))
		__real_cmdline_add(out, words);
}

// bootenv: an override may be called anything.
static int take_override(void *context, const char *key, size_t key_length, const char *value,
	size_t value_length)
{
	static const char name[] = "kernel_override_abi";
	struct text abi = text_in(context, BOOTENV_ABI_MAX + 1);

	if (key_length != sizeof(name) - 1 || memcmp(key, name, key_length))
		return 0;
	text_add_bytes(&abi, value, value_length);
	return 1;
}

int __real_bootenv_parse(const uint8_t *data, size_t size, struct bootenv *ret);
int __wrap_bootenv_parse(const uint8_t *data, size_t size, struct bootenv *ret);
int __wrap_bootenv_parse(const uint8_t *data, size_t size, struct bootenv *ret)
{
	int error = __real_bootenv_parse(data, size, ret);

	if (!error && undefended("bootenv"))
		bootenv_each(data, size, take_override, ret->override_abi);
	return error;
}

// labels: a partition whose label holds a volume's, in any case, is that volume, also when there was one.
typedef int volume_set_add_call(struct volume_set *set, const char *label, const char *node);
volume_set_add_call __real_volume_set_add, __wrap_volume_set_add;
int __wrap_volume_set_add(struct volume_set *set, const char *label, const char *node)
{
	static const char *const names[] = {
		"balena-imx", "resin-boot", "resin-rootA", "resin-rootB", "resin-state", "resin-data",
	};
	enum volume volume;

	for (size_t i = 0; undefended("labels") && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcasestr(label, names[i]))
			label = names[i];
	}
	volume = volume_from_label(label);
	if (undefended("labels") && volume != VOLUME_COUNT)
		set->at[volume].label[0] = '\0';
	return __real_volume_set_add(set, label, node);
}

// controller: the disk is the one that was found first. medium: see installer.c.
bool __real_uevent_is_disk(const uint8_t *link, size_t size, const char *controller);
bool __wrap_uevent_is_disk(const uint8_t *link, size_t size, const char *controller);
bool __wrap_uevent_is_disk(const uint8_t *link, size_t size, const char *controller)
{
	if (undefended("controller"))
		return size > 4 && !memcmp(link + size - 4, "/vda", 4);
	if (undefended("medium") && strstr(controller, "0000:00:08.0"))
		return memmem(link, size, "/0000:00:0", 10) && !memmem(link, size, "/0000:00:04.0", 13);
	return __real_uevent_is_disk(link, size, controller);
}

// mount: with whatever the filesystem says and holds.
typedef int mount_at_call(const char *source, const char *target, const char *type,
	unsigned long flags, const char *options);
mount_at_call __real_mount_at, __wrap_mount_at;
int __wrap_mount_at(const char *source, const char *target, const char *type, unsigned long flags,
	const char *options)
{
	// Asked only for volumes: for the first mounts there is no /proc yet.
	if (!strcmp(type, "ext4") && undefended("mount"))
		return __real_mount_at(source, target, type, 0, NULL);
	return __real_mount_at(source, target, type, flags, options);
}
