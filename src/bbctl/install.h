/* SPDX-License-Identifier: Apache-2.0 */
/* bbctl install: what is to be installed, what is there, and why it is refused. */
#ifndef BB_INSTALL_H
#define BB_INSTALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "artifact.h"
#include "config.h"
#include "text.h"

/* X(constant, name, meaning): refusals of its own; names are stable, docs/errors.md explains them */
#define INSTALL_REASON_TABLE(X) \
	X(INSTALL_FUSES_UNREADABLE, "fuses-unreadable", "the fuses cannot be read") \
	X(INSTALL_ARTIFACT, "artifact", "this device would not start it") \
	X(INSTALL_UNLABELLED, "unlabelled", "it does not say for which device type it is, and in which version") \
	X(INSTALL_DEVICE_TYPE, "device-type", "it is for another device type") \
	X(INSTALL_LABELS_DIFFER, "labels-differ", "the files have different security versions: they are not of one release") \
	X(INSTALL_SLOTS_DIFFER, "slots-differ", "the files are not all of one slot") \
	X(INSTALL_KEYS_DIFFER, "keys-differ", "the files are not all signed with the keys of one PKI") \
	X(INSTALL_INCOMPLETE, "incomplete", "a kernel and at least one device tree belong together") \
	X(INSTALL_NAME, "name-unknown", "there is no file of this name: the first stage would not look at it") \
	X(INSTALL_INSTALLED, "installed-bad", "the file that is there is none that this device starts") \
	X(INSTALL_PLACE, "place-differs", "it is of another kind, or for another place in memory, than the file that is there") \
	X(INSTALL_VERSION, "version-lower", "the file that is there has a higher security version") \
	X(INSTALL_LEFTOVER, "leftover", "a power cut has left two names for one file") \
	X(INSTALL_WRITE, "write-failed", "it cannot be written")

enum install_reason {
	INSTALL_GOOD,
#define INSTALL_REASON_ENUM(constant, name, meaning) constant,
	INSTALL_REASON_TABLE(INSTALL_REASON_ENUM)
#undef INSTALL_REASON_ENUM
};

const char *install_reason_name(enum install_reason reason);
const char *install_reason_meaning(enum install_reason reason);

/* One file that is to be installed, in memory: what was verified is what is written. */
struct install_item {
	const char *file;
	const char *name; /* in the directory */
	uint8_t *data;
	size_t size;
	struct artifact artifact;
	bool there_is_good; /* the file that is there is one that this device starts */
	struct artifact there;
};

struct install {
	const char *directory;
	int directory_fd;
	struct config config;
	bool foreign, repair, check;

	uint8_t fuses[SRK_FUSES_SIZE];
	bool no_fuses; /* none are burnt */
	unsigned int revoked;

	struct install_item *items;
	size_t count;

	/* When something is refused: which file, and what is wrong with it. */
	const char *object;
	char detail[2 * HAB_DETAIL_SIZE];
};

/* Records why; returns the reason. */
enum install_reason install_refuse(struct install *in, enum install_reason reason, const char *object,
	const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Whether all of it may be installed: each file for itself, together, and beside what is there. Reads
 * the directory, writes nothing.
 */
enum install_reason install_judge(struct install *in);

#endif
