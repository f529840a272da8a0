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
	X(PROVISION_NOT_CLOSED, "not-closed", "the device is not closed: a key made now would be lost by closing it")

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
