// SPDX-License-Identifier: Apache-2.0
// Signed files that a device is to start; see artifacts.h.

#include "artifacts.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artifact.h"
#include "image.h"
#include "json.h"
#include "system.h"

_Static_assert(sizeof(((struct artifacts *)0)->fuses) == SRK_FUSES_SIZE, "a fuse file");

// What a file without an IVT, or one that no gzip unpacks, can never be.
static bool needs_no_slot(enum hab_reason reason)
{
	return reason == HAB_IVT_MISSING || reason == HAB_PACKED;
}

static bool is_loaded_by_name(const char *name)
{
	return !fnmatch("Image", name, 0) || !fnmatch("Image.gz", name, 0) ||
	       !fnmatch("*.dtb", name, 0) || !fnmatch("imx-boot*", name, 0);
}

static void take(struct artifacts *set, const char *file, const struct artifact *artifact)
{
	set->count++;
	set->slot = artifact->slot;
	set->is_development |= artifact->is_development;
	if (!(set->slots & 1u << artifact->slot))
		text_copy(set->of_slot[artifact->slot], file);
	set->slots |= 1u << artifact->slot;
}

static int add(struct provision *p, struct artifacts *set, const char *file, const uint8_t *data,
	size_t size, bool is_optional)
{
	const struct artifact_query query = { .file = data, .size = size, .fuses = set->fuses,
		.revoked = set->revoked, .mode = HAB_STRICT };
	struct artifact artifact;
	enum hab_reason reason = artifact_verify(&query, &artifact);

	if (is_optional && needs_no_slot(reason))
		return STATUS_GOOD;
	if (reason)
		return provision_refuse(p, PROVISION_ARTIFACT_REFUSED, "%s: %s: %s (%s)", file,
			hab_reason_name(reason), hab_reason_meaning(reason), artifact.detail);
	take(set, file, &artifact);
	return STATUS_GOOD;
}

int artifacts_add(struct provision *p, struct artifacts *set, char **files, int count)
{
	int status = STATUS_GOOD;

	for (int i = 0; !status && i < count; i++) {
		size_t size;
		uint8_t *data = read_whole(files[i], IMAGE_SIZE_MAX, &size);

		status = data ? add(p, set, files[i], data, size, false)
			      : provision_refuse(p, PROVISION_ARTIFACT_REFUSED,
					"%s: cannot be read", files[i]);
		free(data);
	}
	return status;
}

// One entry of a directory: a link, or what is no regular file, is nothing that U-Boot loads.
static int add_entry(struct provision *p, struct artifacts *set, int dir_fd, const char *file,
	bool is_optional, uint8_t *buffer)
{
	int size = read_file(dir_fd, strrchr(file, '/') + 1, buffer, IMAGE_SIZE_MAX);

	if (size < 0 && is_optional && (size == -EFBIG || size == -EINVAL || size == -ELOOP))
		return STATUS_GOOD;
	if (size < 0)
		return provision_refuse(
			p, PROVISION_ARTIFACT_REFUSED, "%s: %s", file, strerror(-size));
	return add(p, set, file, buffer, (size_t)size, is_optional);
}

static int add_entries(struct provision *p, struct artifacts *set, DIR *dir, const char *directory,
	bool is_fat, uint8_t *buffer)
{
	const struct dirent *entry;
	int status = STATUS_GOOD, error = 0;

	while (!status && (entry = next_entry(dir, &error))) {
		char file[PATH_MAX];
		struct text t = TEXT_IN(file);

		text_add(&t, directory);
		text_add(&t, "/");
		text_add(&t, entry->d_name);
		if (t.overflow)
			error = -ENAMETOOLONG;
		else if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			status = add_entry(p, set, dirfd(dir), file,
				!is_fat || !is_loaded_by_name(entry->d_name), buffer);
		if (error)
			break;
	}
	if (error)
		return provision_refuse(
			p, PROVISION_ARTIFACT_REFUSED, "%s: %s", directory, strerror(-error));
	return status;
}

int artifacts_add_directory(
	struct provision *p, struct artifacts *set, int dir_fd, const char *directory, bool is_fat)
{
	uint8_t *buffer = malloc(IMAGE_SIZE_MAX);
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int status;

	if (dir && buffer)
		status = add_entries(p, set, dir, directory, is_fat, buffer);
	else
		status = provision_refuse(
			p, PROVISION_ARTIFACT_REFUSED, "%s: %s", directory, strerror(errno));
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	free(buffer);
	return status;
}

int artifacts_agree(struct provision *p, const struct artifacts *set)
{
	unsigned int first = 0, second;

	if (!set->count)
		return provision_refuse(p, PROVISION_ARTIFACT_REFUSED, "there is no signed file");
	if (set->slots == 1u << set->slot)
		return STATUS_GOOD;
	while (!(set->slots & 1u << first))
		first++;
	for (second = first + 1; !(set->slots & 1u << second);)
		second++;
	return provision_refuse(p, PROVISION_SLOTS_DIFFER,
		"%s is signed in slot %u, and %s in slot %u", set->of_slot[first], first,
		set->of_slot[second], second);
}

void artifacts_print(struct provision *p, const struct artifacts *set)
{
	if (!p->json.data) {
		printf("%u signed files would start with this SRK hash, all in slot %u%s\n",
			set->count, set->slot,
			set->is_development ? "; for development devices only" : "");
		return;
	}
	json_open(&p->json, "artifacts", '{');
	json_number(&p->json, "count", set->count);
	json_number(&p->json, "slot", set->slot);
	json_bool(&p->json, "development", set->is_development);
	json_close(&p->json, '}');
}
