/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reason of its own for which bbprovision refuses; what it shares with /init (a disk that is
 * missing, a blob that is damaged) has the name that it has there (error.h). Names are stable:
 * installers and docs/errors.md go by them.
 */
#ifndef BB_REASON_H
#define BB_REASON_H

/* X(constant, name, meaning) */
#define PROVISION_REASON_TABLE(X) \
	X(PROVISION_CONFIG_BAD, "config-bad", "what the installer's config.json says of secure boot cannot be read") \
	X(PROVISION_NOT_CLOSED, "not-closed", "the device is not closed, and this is only for closed ones") \
	X(PROVISION_RESTART_FIRST, "restart-first", "the device was closed, and has not been restarted since") \
	X(PROVISION_DISK_PROVISIONED, "disk-provisioned", "the disk is that of a closed device, and was not erased") \
	X(PROVISION_DISK_BUSY, "disk-busy", "something on the disk is mounted or in use") \
	X(PROVISION_DISK_SMALL, "disk-small", "the partitions do not fit on the disk") \
	X(PROVISION_DISK_SECTORS, "disk-sectors", "the disk has sectors of another size than 512 bytes") \
	X(PROVISION_DISK_WRITE, "disk-write", "the disk could not be written, or does not hold what was written") \
	X(PROVISION_KEY_LOST, "key-lost", "neither a key's blob nor its copy can be used, and volumes have been written under that key") \
	X(PROVISION_KEY_DIFFERS, "key-differs", "a key's blob and its copy are of different keys, and volumes have been written under one of them") \
	X(PROVISION_KEY_READBACK, "key-readback", "the key blobs that were written are not read back whole") \
	X(PROVISION_KEY_INCOMPLETE, "key-incomplete", "a key's blob or its copy is missing or cannot be used") \
	X(PROVISION_VOLUME_BUSY, "volume-busy", "an open volume is in use") \
	X(PROVISION_EFUSES_BAD, "efuses-bad", "the fuse file is not 32 bytes, or all zero") \
	X(PROVISION_ARTIFACT_REFUSED, "artifact-refused", "a signed file would not start on a device with these fuses") \
	X(PROVISION_SLOTS_DIFFER, "slots-differ", "the signed files are not all of one slot") \
	X(PROVISION_DEVELOPMENT_KEYS, "development-keys", "the signed files are signed with keys for development") \
	X(PROVISION_HAB_EVENTS, "hab-events", "the boot ROM has not said that it would have started this device when closed") \
	X(PROVISION_FUSES_UNREADABLE, "fuses-unreadable", "a fuse cannot be read") \
	X(PROVISION_SRK_MISMATCH, "srk-mismatch", "the SRK fuses hold, or have begun to hold, another hash") \
	X(PROVISION_SRK_LOCKED, "srk-locked", "the SRK fuses are locked without the whole hash in them") \
	X(PROVISION_SRK_UNPROGRAMMED, "srk-unprogrammed", "the SRK fuses do not hold the hash yet, or are not locked") \
	X(PROVISION_BOOT_CFG_LOCKED, "boot-cfg-locked", "the fuses that close the device are locked: it can never be closed") \
	X(PROVISION_FUSE_LOCKED, "fuse-locked", "the chip does not let this fuse be burnt") \
	X(PROVISION_FUSE_WRITE, "fuse-write", "a fuse could not be burnt") \
	X(PROVISION_FUSE_READBACK, "fuse-readback", "the fuses do not hold what was burnt") \
	X(PROVISION_SLOT_BAD, "slot-bad", "what is to be revoked is not the number of a slot") \
	X(PROVISION_SLOT_NOT_REVOCABLE, "slot-not-revocable", "no fuse revokes this slot") \
	X(PROVISION_SLOT_IN_USE, "slot-in-use", "something that is to start here is signed in this slot") \
	X(PROVISION_NOT_COMMITTED, "not-committed", "an update is not confirmed yet, or the boot state does not say")

enum provision_reason {
	PROVISION_NONE,
#define PROVISION_REASON_ENUM(constant, name, meaning) constant,
	PROVISION_REASON_TABLE(PROVISION_REASON_ENUM)
#undef PROVISION_REASON_ENUM
};

/* The stable name of a reason, and what it means; NULL for a number that is none. */
const char *provision_reason_name(enum provision_reason reason);
const char *provision_reason_meaning(enum provision_reason reason);

#endif
