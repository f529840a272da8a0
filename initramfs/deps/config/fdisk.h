/* SPDX-License-Identifier: Apache-2.0 */
/*
 * util-linux' configuration for aarch64 Linux with musl: what its configure script finds, as far as
 * libfdisk, libuuid and the common files that they call ask for it.
 */
#define _GNU_SOURCE 1
#define PACKAGE_STRING "util-linux, libfdisk only"
#define PACKAGE_VERSION "2"
#define LOCALEDIR "/usr/share/locale"
#define _PATH_LOCALSTATEDIR "/var"
#define _PATH_RUNSTATEDIR "/run"
#define _PATH_SYSCONFSTATICDIR "/usr/lib"
#define HAVE_DIRFD 1
#define HAVE_GETDTABLESIZE 1
#define HAVE_ENVIRON_DECL 1
#define HAVE_ERRX 1
#define HAVE_ERR_H 1
#define HAVE_FSYNC 1
#define HAVE_GETRANDOM 1
#define HAVE_LINUX_FD_H 1
#define HAVE_LOFF_T 1
#define HAVE_NANOSLEEP 1
#define HAVE_NET_IF_H 1
#define HAVE_NETINET_IN_H 1
#define HAVE_OPENAT 1
#define HAVE_PROGRAM_INVOCATION_SHORT_NAME 1
#define HAVE_REALLOCARRAY 1
#define HAVE_MNTENT_H 1
#define HAVE_MALLOC_H 1
#define HAVE_SECURE_GETENV 1
#define HAVE_SRANDOM 1
#define HAVE_STDLIB_H 1
#define HAVE_STRNDUP 1
#define HAVE_STRNLEN 1
#define HAVE_SYS_FILE_H 1
#define HAVE_SYS_IOCTL_H 1
#define HAVE_SYS_SOCKET_H 1
#define HAVE_SYS_SYSCALL_H 1
#define HAVE_SYS_SYSMACROS_H 1
#define HAVE_SYS_TIME_H 1
#define HAVE_SYS_UN_H 1
#define HAVE_UNISTD_H 1
#define HAVE_WARN 1
