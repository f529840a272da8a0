/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libdevmapper's configuration, as far as the files that are compiled ask for it: no udev, no SELinux,
 * the nodes in /dev/mapper made by the library itself and readable by root alone.
 */
#define _GNU_SOURCE 1
#define _REENTRANT 1
#define DEFAULT_DM_NAME_MANGLING DM_STRING_MANGLING_AUTO
#define DEFAULT_DM_ADD_NODE DM_ADD_NODE_ON_RESUME
#define DM_DEVICE_UID 0
#define DM_DEVICE_GID 0
#define DM_DEVICE_MODE 0600
#define DM_IOCTLS 1
#define DM_LIB_VERSION "static"
#define HAVE_REALTIME 1
