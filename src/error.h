/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reason for which a boot can end, in one table. Names and numbers are stable: they stand in
 * reports, in scripts and in docs/errors.md. A number is never used again for another reason.
 */
#ifndef BB_ERROR_H
#define BB_ERROR_H

/* X(number, constant, name, meaning) */
#define BB_ERROR_TABLE(X) \
	X(1, BB_SYSTEM, "system", "the running kernel refused something that every boot needs") \
	X(2, BB_CONFIG_MISSING, "config-missing", "the signed configuration cannot be read") \
	X(3, BB_CONFIG_BAD, "config-bad", "the signed configuration has an error") \
	X(4, BB_CMDLINE_BAD, "cmdline-bad", "the first stage's command line is too long to be looked at") \
	X(5, BB_STAGE_MISMATCH, "stage-mismatch", "the command line asks for a stage that this build is not") \
	X(10, BB_LOCKDOWN_OFF, "lockdown-off", "the running kernel is not locked down") \
	X(11, BB_KEXEC_LOAD_PRESENT, "kexec-load-present", "the running kernel has the unchecked kexec_load call") \
	X(12, BB_PROBE_NOT_REFUSED, "probe-not-refused", "the running kernel does not refuse an unsigned kernel") \
	X(13, BB_RNG_TIMEOUT, "rng-timeout", "the random number generator did not get ready in time") \
	X(20, BB_DISK_MISSING, "disk-missing", "the configured disk did not appear in time") \
	X(21, BB_DISK_AMBIGUOUS, "disk-ambiguous", "more than one disk sits on the configured controller") \
	X(22, BB_VOLUME_MISSING, "volume-missing", "the disk lacks a partition that must be there") \
	X(23, BB_VOLUME_TWICE, "volume-twice", "the disk has two partitions for the same volume") \
	X(24, BB_VOLUME_UNKNOWN, "volume-unknown", "the disk has a partition that does not belong there") \
	X(30, BB_BLOB_MISSING, "blob-missing", "balena-imx lacks a key blob") \
	X(31, BB_BLOB_TWICE, "blob-twice", "balena-imx holds key blobs that do not belong together") \
	X(32, BB_BLOB_NAME, "blob-name", "a key blob's name gives a size that no key has") \
	X(33, BB_BLOB_LENGTH, "blob-length", "the key blob does not have the exact length of its kind") \
	X(34, BB_BLOB_HEADER, "blob-header", "the key blob's header is not the one of its kind") \
	X(35, BB_KEY_DEVICE, "key-device", "the key service of the kernel is not there") \
	X(36, BB_KEY_REFUSED, "key-refused", "the key service refused the blob: other chip, other state, or damaged") \
	X(37, BB_LAYOUT, "layout-refused", "the key blobs are of a layout that the configuration does not accept") \
	X(41, BB_BOOT_MOUNT, "boot-mount", "the unencrypted boot volume cannot be mounted") \
	X(50, BB_VOLUME_OPEN, "volume-open", "the kernel refused to map a volume") \
	X(51, BB_VOLUME_FOREIGN, "volume-foreign", "a volume holds no filesystem of its name: plain, foreign or damaged") \
	X(52, BB_VOLUME_MOUNT, "volume-mount", "a volume's filesystem cannot be mounted") \
	X(60, BB_KERNEL_MISSING, "kernel-missing", "there is no kernel where it must be") \
	X(61, BB_KERNEL_READ, "kernel-read", "the kernel file cannot be read to its end") \
	X(62, BB_KERNEL_TOO_BIG, "kernel-too-big", "the kernel is larger than the bound") \
	X(63, BB_KERNEL_GZIP, "kernel-gzip", "the compressed kernel is damaged") \
	X(64, BB_KERNEL_NOT_IMAGE, "kernel-not-image", "the file is not an arm64 Image with PE headers") \
	X(65, BB_KERNEL_UNSIGNED, "kernel-unsigned", "the kernel has no signature") \
	X(66, BB_KERNEL_SIGNATURE_FORM, "kernel-signature-form", "the kernel's signature is not the only thing in its place") \
	X(67, BB_KERNEL_VERSION, "kernel-version", "the kernel's security version is below the minimum") \
	X(68, BB_KERNEL_REVOKED, "kernel-revoked", "the kernel is one that the configuration revokes") \
	X(70, BB_CMDLINE_LONG, "cmdline-long", "the operating system's command line is longer than a kernel takes") \
	X(71, BB_KERNEL_REFUSED, "kernel-refused", "the running kernel refused the signature") \
	X(72, BB_KERNEL_LOAD, "kernel-load", "the running kernel could not load the kernel") \
	X(80, BB_HANDOVER, "handover", "the loaded kernel could not be started") \
	X(90, BB_ROOT_MISSING, "root-missing", "no root volume is the one that the command line names") \
	X(91, BB_OS_INIT, "os-init", "the operating system's /sbin/init cannot be started") \
	X(100, BB_MEDIUM_MISSING, "medium-missing", "no installer's medium appeared where one may be") \
	X(101, BB_MEDIUM_AMBIGUOUS, "medium-ambiguous", "more than one partition is an installer's root") \
	X(102, BB_MANIFEST_BAD, "manifest-bad", "the installer's root does not end in a manifest that fits it") \
	X(103, BB_MANIFEST_REFUSED, "manifest-refused", "the installer's manifest is not signed by the installer key") \
	X(104, BB_INSTALLER_DEVICE_TYPE, "installer-device-type", "the installer is for another type of device") \
	X(105, BB_INSTALLER_VERSION, "installer-version", "the installer's version is below the minimum") \
	X(106, BB_INSTALLER_ROOT, "installer-root", "the installer's root is not the one that was signed, or cannot be mounted") \
	X(107, BB_INSTALLER_CERTIFICATE, "installer-certificate", "the certificate for manifests is not there, or none")

enum bb_error {
#define BB_ERROR_ENUM(number, constant, name, meaning) constant = number,
	BB_ERROR_TABLE(BB_ERROR_ENUM)
#undef BB_ERROR_ENUM
};

/* The stable name of a boot error; "unknown" for a number that is none. */
const char *bb_error_name(int error);

#endif
