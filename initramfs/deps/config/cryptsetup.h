/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcryptsetup's configuration for aarch64 Linux with musl: what its configure script finds, as far
 * as the files that plain mode needs ask for it. They are compiled with -Werror=undef, so a feature
 * that a newer version asks for and that is not decided here stops the build.
 */
#define _GNU_SOURCE 1
#define HAVE_ATTRIBUTE_SYMVER 0
#define HAVE_ATTRIBUTE_ZEROCALLUSEDREGS 1
#define HAVE_BYTESWAP_H 1
#define HAVE_ENDIAN_H 1
#define HAVE_EXPLICIT_BZERO 1
#define HAVE_LOCALE_H 1
#define HAVE_SYS_STATVFS_H 1
#define HAVE_SYS_SYSMACROS_H 1
#define HAVE_UCHAR_H 1

/* What libdevmapper offers. */
#define HAVE_DECL_DM_DEVICE_GET_NAME 1
#define HAVE_DECL_DM_DEVICE_GET_TARGET_VERSION 1
#define HAVE_DECL_DM_DEVICE_HAS_HOLDERS 1
#define HAVE_DECL_DM_DEVICE_HAS_MOUNTED_FS 1
#define HAVE_DECL_DM_TASK_DEFERRED_REMOVE 1
#define HAVE_DECL_DM_TASK_RETRY_REMOVE 1
#define HAVE_DECL_DM_TASK_SECURE_DATA 1
#define HAVE_DECL_DM_UDEV_DISABLE_DISK_RULES_FLAG 1
#define HAVE_DECL_O_CLOEXEC 1

#define KERNEL_KEYRING 1
#define ENABLE_NLS 0
#define USE_UDEV 0
#define USE_LUKS2_REENCRYPTION 0

#define PACKAGE_VERSION "plain mode"

/* Defaults for formats that are left out; the names must exist to compile. */
#define DEFAULT_RNG "/dev/urandom"
#define DEFAULT_KEYFILE_SIZE_MAXKB 8192
#define DEFAULT_LOOPAES_CIPHER "aes"
#define DEFAULT_LUKS_FORMAT CRYPT_LUKS2
#define DEFAULT_LUKS2_LOCK_PATH "/run/cryptsetup"
#define DEFAULT_LUKS2_LOCK_DIR_PERMS 0700
#define DEFAULT_LUKS2_KEYSLOT_CIPHER "aes-xts-plain64"
#define DEFAULT_LUKS2_KEYSLOT_KEYBITS 512
