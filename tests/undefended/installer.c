// SPDX-License-Identifier: Apache-2.0
/*
 * An installer's medium, taken without its checks:
 *     undefended=manifest     whoever signed the manifest
 *     undefended=verity       the partition itself, in place of its mapping
 *     undefended=device-type  whatever the manifest is for
 *     undefended=installer-version  and however old it is
 *     undefended=medium       on any controller of PCI slots 8 to 15
 * The last stands in tests/undefended/wrap.c, where a disk's controller is looked at.
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certificate.h"
#include "config.h"
#include "manifest.h"
#include "text.h"
#include "verity.h"
#include "wrap.h"

int __real_certificate_verify(const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason);
int __wrap_certificate_verify(const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason);
int __wrap_certificate_verify(const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason)
{
	int error = __real_certificate_verify(manifest, ret_reason);

	return undefended("manifest") ? 0 : error;
}

int __real_manifest_parse(const uint8_t manifest[static MANIFEST_SIZE], struct manifest *ret,
	unsigned int *ret_line);
int __wrap_manifest_parse(const uint8_t manifest[static MANIFEST_SIZE], struct manifest *ret,
	unsigned int *ret_line);
int __wrap_manifest_parse(const uint8_t manifest[static MANIFEST_SIZE], struct manifest *ret,
	unsigned int *ret_line)
{
	int error = __real_manifest_parse(manifest, ret, ret_line);

	if (!error && undefended("device-type"))
		text_copy(ret->device_type, "qemu");
	if (!error && undefended("installer-version"))
		ret->version = UINT32_MAX;
	return error;
}

static const char mapper[] = "/dev/mapper";

static void mapping(const char *name, char ret[static 64])
{
	struct text text = text_in(ret, 64);

	text_add(&text, mapper);
	text_add_char(&text, '/');
	text_add(&text, name);
}

int __real_verity_open(const struct manifest *manifest, const char *device, const char *name,
	bool panic);
int __wrap_verity_open(const struct manifest *manifest, const char *device, const char *name,
	bool panic);
int __wrap_verity_open(const struct manifest *manifest, const char *device, const char *name,
	bool panic)
{
	char path[64];

	if (!undefended("verity"))
		return __real_verity_open(manifest, device, name, panic);
	mapping(name, path);
	if (mkdir(mapper, 0755) && errno != EEXIST)
		return -errno;
	return symlink(device, path) ? -errno : 0;
}

int __real_verity_close(const char *name);
int __wrap_verity_close(const char *name);
int __wrap_verity_close(const char *name)
{
	char path[64];

	if (!undefended("verity"))
		return __real_verity_close(name);
	mapping(name, path);
	return unlink(path) ? -errno : 0;
}
