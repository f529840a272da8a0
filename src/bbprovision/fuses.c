// SPDX-License-Identifier: Apache-2.0
// bbprovision fuses: the SRK hash and its lock; JTAG off, and the device closed.

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "artifacts.h"
#include "bytes.h"
#include "device.h"
#include "fuse-device.h"
#include "fuse-say.h"
#include "hab-status.h"
#include "json.h"
#include "system.h"

const char fuses_help[] =
	"usage: bbprovision fuses --dry-run|--program|--close --efuses FILE --artifact FILE...\n"
	"                         [--hab-status TEXT] [--development] [--config FILE] [--json]\n"
	"\n"
	"Burns fuses, which nothing takes back. --program: the SRK hash, and its lock. --close,\n"
	"after a restart: JTAG off, then SEC_CONFIG. Each write is read back, and what is burnt\n"
	"already is left alone: after a power cut the same command goes on. --dry-run says what\n"
	"both would burn, bit by bit, and burns nothing. After --close, restart: until then the CAAM\n"
	"has the key of open devices, and nothing is sealed with it (restart-first).\n"
	"\n"
	"  --efuses FILE      the 32 bytes of the hash: make efuses writes them\n"
	"  --artifact FILE... all that the boot ROM and U-Boot are to start: each must be signed\n"
	"                     for this hash, all in one slot that is not revoked. Verified before\n"
	"                     the first fuse, again before the hash is locked, and again before\n"
	"                     the device is closed\n"
	"  --hab-status TEXT  for --close: must be 0, as U-Boot says when the boot ROM has no\n"
	"                     events; without it, hab_status= of the kernel's command line\n"
	"  --development      the keys may be for development; the device is lost with them\n"
	"  --config FILE      in place of " CONFIG_PATH "\n"
	"\n"
	"Example:\n"
	"  bbprovision fuses --dry-run --efuses efuses.bin --artifact Image.gz board.dtb\n";

struct call {
	bool dry_run, program, close, artifact, development;
	const char *efuses, *hab_status;
	char **files;
	int count;
};

// Also the context of struct fuse_io.
struct run {
	struct fuse_device device; // first: what the functions that read and write are given
	struct provision p;
	const struct call *call;
	struct artifacts artifacts;
	struct fuse_goal goal;
	unsigned int told;
};

_Static_assert(offsetof(struct run, device) == 0, "the context of both");

static int read_efuses(struct run *run)
{
	static const uint8_t zero[sizeof(run->artifacts.fuses)];
	const char *file = run->call->efuses;
	size_t size = 0;
	uint8_t *data = read_whole(file, sizeof(zero), &size);
	int status = STATUS_GOOD;

	if (!data)
		return provision_refuse(&run->p, PROVISION_EFUSES_BAD, "%s: cannot be read", file);
	if (size != sizeof(zero))
		status = provision_refuse(&run->p, PROVISION_EFUSES_BAD,
			"%s: not exactly %zu bytes", file, sizeof(zero));
	else if (!memcmp(data, zero, sizeof(zero)))
		status = provision_refuse(&run->p, PROVISION_EFUSES_BAD, "%s: all zero", file);
	else
		memcpy(run->artifacts.fuses, data, sizeof(zero));
	free(data);
	for (size_t i = 0; i < FUSE_SRK_WORDS; i++)
		run->goal.srk[i] = get_le32(run->artifacts.fuses + 4 * i);
	return status;
}

static int check_hab_status(struct run *run)
{
	char value[HAB_STATUS_SIZE];
	const char *said = run->call->hab_status, *wrong = NULL;

	if (!said) {
		char line[4096];

		wrong = read_line(AT_FDCWD, "/proc/cmdline", line, sizeof(line))
				? "it cannot be read"
				: hab_status_find(line, value);
		said = value;
	}
	if (wrong)
		return provision_refuse(
			&run->p, PROVISION_HAB_EVENTS, "the kernel's command line: %s", wrong);
	if (strcmp(said, "0"))
		return provision_refuse(
			&run->p, PROVISION_HAB_EVENTS, "hab_status is '%s', not 0", said);
	return STATUS_GOOD;
}

// As often as it is asked for: what was good a moment ago may have changed on the medium.
static int check_all(struct run *run)
{
	struct artifacts found = { .revoked = run->artifacts.revoked };
	int status;

	memcpy(found.fuses, run->artifacts.fuses, sizeof(found.fuses));
	run->artifacts = found;
	status = artifacts_add(&run->p, &run->artifacts, run->call->files, run->call->count);
	if (!status)
		status = artifacts_agree(&run->p, &run->artifacts);
	if (!status && run->artifacts.is_development && !run->call->development)
		status = provision_refuse(&run->p, PROVISION_DEVELOPMENT_KEYS, "%s, for instance",
			run->artifacts.of_slot[run->artifacts.slot]);
	if (!status && run->call->close)
		status = check_hab_status(run);
	return status;
}

static enum provision_reason check(void *context, const struct fuse_write *next)
{
	struct run *run = context;

	(void)next;
	// What it was is in run->p.
	return check_all(run) ? PROVISION_ARTIFACT_REFUSED : PROVISION_NONE;
}

// Tells what is burnt on the way to the goal, up to a number of writes; *now becomes what is then.
static int tell(struct run *run, struct fuse_words *now, unsigned int limit)
{
	struct fuse_outcome outcome = { .reason = PROVISION_NONE };

	for (unsigned int i = 0; i < limit; i++) {
		uint32_t *word;

		outcome.reason = fuse_next(now, &run->goal, &outcome.at);
		if (outcome.reason || !outcome.at.bits)
			return fuse_refuse_outcome(&run->p, &outcome);
		word = fuse_word(now, outcome.at.offset);
		fuse_print_write(&run->p, &outcome.at, *word);
		*word |= outcome.at.bits;
		run->told++;
	}
	return STATUS_GOOD;
}

static int say_all(struct run *run, struct fuse_words *now)
{
	int status;

	run->goal.kind = FUSE_PROGRAM;
	status = tell(run, now, UINT32_MAX);
	run->goal.kind = FUSE_CLOSE;
	return status ? status : tell(run, now, UINT32_MAX);
}

static int burn_all(struct run *run, struct fuse_words *now)
{
	const struct fuse_io io = { run, fuse_device_read, fuse_device_write, check };
	struct fuse_outcome outcome;
	int status;

	if (run->call->close && !(now->boot_cfg0 & FUSE_SEC_CONFIG_CLOSED) && device_mark_closing(&run->p))
		return STATUS_REFUSED;
	run->goal.kind = run->call->close ? FUSE_CLOSE : FUSE_PROGRAM;
	outcome = fuse_burn(&io, &run->goal);
	status = fuse_refuse_outcome(&run->p, &outcome);
	tell(run, now, outcome.burnt);
	return status;
}

static void print_end(struct run *run)
{
	bool dry_run = run->call->dry_run;

	if (run->p.json.data) {
		json_close(&run->p.json, ']');
		json_number(&run->p.json, "burnt", dry_run ? 0 : run->told);
	} else if (run->told) {
		printf("%u words %s\n", run->told,
			dry_run ? "would be burnt; none was" : "were burnt, and read back");
	} else if (!run->p.reason) {
		puts("there is nothing to burn");
	}
}

static int run_open(struct run *run)
{
	const struct fuse_io io = { run, fuse_device_read, fuse_device_write, check };
	struct fuse_outcome outcome = { .reason = PROVISION_NONE };
	struct fuse_words now;
	int status;

	if (fuse_read_all(&io, &now, &outcome))
		return fuse_refuse_outcome(&run->p, &outcome);
	run->artifacts.revoked = now.revoked & ((1u << FUSE_SLOTS_REVOCABLE) - 1);
	status = check_all(run);
	if (status)
		return status;
	artifacts_print(&run->p, &run->artifacts);
	if (run->p.json.data)
		json_open(&run->p.json, "fuses", '[');
	status = run->call->dry_run ? say_all(run, &now) : burn_all(run, &now);
	print_end(run);
	return status;
}

static int take_call(struct provision *p, int argc, char **argv, struct call *call)
{
	const struct command_option options[] = { { "--dry-run", &call->dry_run, NULL },
		{ "--program", &call->program, NULL }, { "--close", &call->close, NULL },
		{ "--artifact", &call->artifact, NULL },
		{ "--development", &call->development, NULL }, { "--efuses", NULL, &call->efuses },
		{ "--hab-status", NULL, &call->hab_status }, { NULL, NULL, NULL } };

	call->count = provision_options(p, argc, argv, options);
	call->files = argv + 1;
	if (call->count < 0)
		return STATUS_USAGE;
	if (call->dry_run + call->program + call->close != 1)
		return fail_usage(argv[0], "needs one of --dry-run, --program and --close");
	if (!call->efuses || !call->artifact || !call->count)
		return fail_usage(argv[0], "needs --efuses, and --artifact with the signed files");
	return STATUS_GOOD;
}

int fuses_main(int argc, char **argv)
{
	struct call call = { .efuses = NULL };
	struct run run = { .device.fd = -1, .call = &call };
	int status = take_call(&run.p, argc, argv, &call);

	if (status)
		return status;
	status = provision_read_config(&run.p);
	if (!status)
		status = read_efuses(&run);
	if (!status)
		status = fuse_device_open(&run.p, !call.dry_run, &run.device);
	if (!status)
		run_open(&run);
	if (run.device.fd >= 0)
		close(run.device.fd);
	return provision_answer(&run.p);
}
