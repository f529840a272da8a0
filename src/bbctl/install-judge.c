// SPDX-License-Identifier: Apache-2.0
// Whether files of the bootloader may be installed on this device; see install.h.

#include "install.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "system.h"

static const struct {
	const char *name, *meaning;
} reasons[] = {
	{ "good", "" },
#define INSTALL_REASON_ROW(constant, name, meaning) { name, meaning },
	INSTALL_REASON_TABLE(INSTALL_REASON_ROW)
#undef INSTALL_REASON_ROW
};

const char *install_reason_name(enum install_reason reason)
{
	return reasons[reason].name;
}

const char *install_reason_meaning(enum install_reason reason)
{
	return reasons[reason].meaning;
}

enum install_reason install_refuse(struct install *in, enum install_reason reason, const char *object,
	const char *format, ...)
{
	va_list arguments;

	in->object = object;
	va_start(arguments, format);
	vsnprintf(in->detail, sizeof(in->detail), format, arguments);
	va_end(arguments);
	return reason;
}

// What is there may be of another tool, and of a slot that was revoked since.
static enum hab_reason verify(const struct install *in, const uint8_t *data, size_t size, bool is_there,
	struct artifact *ret)
{
	const struct artifact_query query = { .file = data, .size = size, .fuses = in->fuses,
		.any_fuses = in->no_fuses, .revoked = is_there ? 0 : in->revoked,
		.mode = is_there || in->foreign ? HAB_ROM : HAB_STRICT };

	return artifact_verify(&query, ret);
}

static enum install_reason judge_label(struct install *in, const struct install_item *item)
{
	const struct artifact *artifact = &item->artifact;

	if (!artifact->has_label)
		return in->foreign ? INSTALL_GOOD : install_refuse(in, INSTALL_UNLABELLED, item->file,
			"--foreign installs what another tool signed");
	if (strcmp(artifact->label.device_type, in->config.device_type))
		return install_refuse(in, INSTALL_DEVICE_TYPE, item->file, "%s, and this is %s",
			artifact->label.device_type, in->config.device_type);
	return INSTALL_GOOD;
}

static enum install_reason judge_file(struct install *in, struct install_item *item)
{
	enum hab_reason reason = verify(in, item->data, item->size, false, &item->artifact);

	if (reason)
		return install_refuse(in, INSTALL_ARTIFACT, item->file, "%s: %s (%s)", hab_reason_name(reason),
			hab_reason_meaning(reason), item->artifact.detail);
	if (item->artifact.kind == ARTIFACT_FIRST_STAGE)
		return install_refuse(in, INSTALL_ARTIFACT, item->file,
			"a first stage, which belongs into the boot partitions of the eMMC");
	return judge_label(in, item);
}

// One artifact beside the first file.
static enum install_reason judge_pair(struct install *in, const char *object, const struct artifact *other)
{
	const struct artifact *first = &in->items[0].artifact;

	if (other->slot != first->slot)
		return install_refuse(in, INSTALL_SLOTS_DIFFER, object, "slot %u, and %s is of slot %u",
			other->slot, in->items[0].file, first->slot);
	if (memcmp(other->fuses, first->fuses, sizeof(first->fuses)))
		return install_refuse(in, INSTALL_KEYS_DIFFER, object, "another SRK table than that of %s",
			in->items[0].file);
	return INSTALL_GOOD;
}

static enum install_reason judge_release(struct install *in)
{
	const struct artifact *first = &in->items[0].artifact;
	size_t kernels = 0;

	for (size_t i = 0; i < in->count; i++) {
		const struct install_item *item = &in->items[i];
		const struct artifact *artifact = &item->artifact;
		enum install_reason reason = judge_pair(in, item->file, artifact);

		if (reason)
			return reason;
		if (artifact->has_label != first->has_label ||
			artifact->label.security_version != first->label.security_version)
			return install_refuse(in, INSTALL_LABELS_DIFFER, item->file,
				"%" PRIu32 ", and %s has %" PRIu32, artifact->label.security_version,
				in->items[0].file, first->label.security_version);
		kernels += artifact->kind == ARTIFACT_KERNEL;
	}
	if (kernels != 1 || kernels == in->count)
		return install_refuse(in, INSTALL_INCOMPLETE, in->directory, "%zu kernels and %zu device trees",
			kernels, in->count - kernels);
	return INSTALL_GOOD;
}

// A file of the directory, for free(). Returns 0 or a negative errno.
static int read_there(const struct install *in, const char *name, uint8_t **ret, size_t *ret_size)
{
	int size;

	*ret = malloc(IMAGE_SIZE_MAX);
	size = *ret ? read_file(in->directory_fd, name, *ret, IMAGE_SIZE_MAX) : -ENOMEM;
	if (size < 0) {
		free(*ret);
		*ret = NULL;
		return size;
	}
	*ret_size = (size_t)size;
	return 0;
}

/*
 * U-Boot's environment has load address and IVT offset, and the bootloader before this one has the
 * version below which nothing may come.
 */
static enum install_reason compare_there(struct install *in, const struct install_item *item)
{
	const struct artifact *artifact = &item->artifact, *there = &item->there;

	if (artifact->kind != there->kind || artifact->load_address != there->load_address ||
		artifact->ivt_offset != there->ivt_offset)
		return install_refuse(in, INSTALL_PLACE, item->file,
			"a %s for 0x%" PRIx32 " with its IVT at 0x%zx, and a %s for 0x%" PRIx32
			" with its IVT at 0x%zx is there", artifact_kind_name(artifact->kind),
			artifact->load_address, artifact->ivt_offset, artifact_kind_name(there->kind),
			there->load_address, there->ivt_offset);
	if (artifact->has_label && there->has_label &&
		artifact->label.security_version < there->label.security_version)
		return install_refuse(in, INSTALL_VERSION, item->file, "%" PRIu32 ", and there it is %" PRIu32,
			artifact->label.security_version, there->label.security_version);
	return INSTALL_GOOD;
}

static enum install_reason judge_there(struct install *in, struct install_item *item)
{
	uint8_t *data;
	size_t size;
	enum hab_reason reason;
	int error = read_there(in, item->name, &data, &size);

	if (error == -ENOENT)
		return install_refuse(in, INSTALL_NAME, item->name, "not in %s", in->directory);
	if (error && !in->repair)
		return install_refuse(in, INSTALL_INSTALLED, item->name, "it cannot be read: %s; --repair",
			strerror(-error));
	reason = error ? HAB_SYSTEM : verify(in, data, size, true, &item->there);
	free(data);
	item->there_is_good = !reason;
	if (!reason)
		return compare_there(in, item);
	return in->repair ? INSTALL_GOOD : install_refuse(in, INSTALL_INSTALLED, item->name,
		"%s: %s (%s); --repair puts another in its place all the same", hab_reason_name(reason),
		hab_reason_meaning(reason), item->there.detail);
}

static bool is_device_tree(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot != name && !strcasecmp(dot, ".dtb");
}

static bool is_replaced(const struct install *in, const char *name)
{
	for (size_t i = 0; i < in->count; i++) {
		if (!strcasecmp(in->items[i].name, name))
			return true;
	}
	return false;
}

// A device tree that stays: with a kernel of another slot it would be lost when its own is revoked.
static enum install_reason judge_rest_of(struct install *in, const char *name)
{
	static char object[NAME_MAX + 1];
	struct artifact there;
	uint8_t *data;
	size_t size;
	enum hab_reason reason = HAB_SYSTEM;

	text_copy(object, name);
	if (!read_there(in, name, &data, &size)) {
		reason = verify(in, data, size, true, &there);
		free(data);
	}
	if (reason && in->repair)
		return INSTALL_GOOD;
	if (reason)
		return install_refuse(in, INSTALL_INCOMPLETE, object,
			"it stays, and this device does not start it: %s", hab_reason_name(reason));
	return judge_pair(in, object, &there);
}

static enum install_reason judge_rest(struct install *in)
{
	int fd = openat(in->directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	enum install_reason reason = INSTALL_GOOD;
	const struct dirent *entry;
	int error = 0;

	if (!dir)
		return install_refuse(in, INSTALL_WRITE, in->directory, "%s", strerror(errno));
	while (!reason && (entry = next_entry(dir, &error))) {
		if (is_device_tree(entry->d_name) && !is_replaced(in, entry->d_name))
			reason = judge_rest_of(in, entry->d_name);
	}
	return error ? install_refuse(in, INSTALL_WRITE, in->directory, "%s", strerror(-error)) : reason;
}

enum install_reason install_judge(struct install *in)
{
	enum install_reason reason = INSTALL_GOOD;

	for (size_t i = 0; !reason && i < in->count; i++)
		reason = judge_file(in, &in->items[i]);
	if (!reason)
		reason = judge_release(in);
	for (size_t i = 0; !reason && i < in->count; i++)
		reason = judge_there(in, &in->items[i]);
	return reason ? reason : judge_rest(in);
}
