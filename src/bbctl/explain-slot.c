// SPDX-License-Identifier: Apache-2.0
// The slot stage and the candidates that follow from it: decided by the functions that init decides
// with (src/bootstate.c, src/slot.c), on copies of the files. What they would write is kept in memory.

#include <errno.h>
#include <string.h>

#include "bbctl.h"
#include "error.h"
#include "explain.h"
#include "json.h"
#include "judge.h"

// The two files of the boot state, as they are and as init would leave them.
struct memory_file {
	const char *name;
	int size; // or a negative errno
	uint8_t data[BOOTENV_SIZE_MAX];
	bool written;
};

struct memory {
	struct memory_file file[2];
};

static struct memory_file *find_file(struct memory *memory, const char *name)
{
	return &memory->file[strcmp(name, memory->file[0].name) != 0];
}

static int read_memory(void *context, const char *name, uint8_t *data, size_t size)
{
	const struct memory_file *file = find_file(context, name);

	if (file->size > 0 && (size_t)file->size > size)
		return -EFBIG;
	if (file->size > 0)
		memcpy(data, file->data, (size_t)file->size);
	return file->size;
}

static int write_memory(void *context, const char *name, size_t offset, const uint8_t *data,
	size_t size)
{
	struct memory_file *file = find_file(context, name);
	size_t old = file->size > 0 ? (size_t)file->size : 0;

	if (offset > sizeof(file->data) || size > sizeof(file->data) - offset)
		return -EFBIG;
	if (offset > old)
		memset(file->data + old, 0, offset - old);
	memcpy(file->data + offset, data, size);
	file->size = (int)(offset + size > old ? offset + size : old);
	file->written = true;
	return 0;
}

struct lines {
	struct explain *e;
	const char *file;
};

static int say_line(void *context, const char *key, size_t key_length, const char *value,
	size_t value_length)
{
	const struct lines *lines = context;
	int judged = bootenv_judge(key, key_length, value, value_length);

	if (judged != -ENOENT)
		say(lines->e, "%s: %.*s=%.*s%s", lines->file, (int)key_length, key, (int)value_length,
			value, judged ? "  (bad value: as if it were not there)" : "");
	return 0;
}

static void say_file(struct explain *e, const struct memory_file *file)
{
	struct lines lines = { e, file->name };
	struct bootenv env;

	if (file->size == -ENOENT)
		say(e, "%s: not there", file->name);
	else if (file->size < 0)
		say(e, "%s: cannot be read: %s", file->name, strerror(-file->size));
	else if (bootenv_parse(file->data, (size_t)file->size, &env))
		say(e, "%s: %d bytes, no environment block", file->name, file->size);
	else
		bootenv_each(file->data, (size_t)file->size, say_line, &lines);
}

static void say_source(struct explain *e)
{
	static const char *const meaning[] = {
		[BOOTSTATE_ORIGINAL] = "bootenv counts as it is",
		[BOOTSTATE_CORRECTED] = "bootenv was half written: beside its copy it shows what must "
			"have been meant, and is corrected",
		[BOOTSTATE_FROM_COPY] = "bootenv is no environment block: its copy takes over",
		[BOOTSTATE_DEFAULT] = "neither bootenv nor its copy is good: slot A, without an update",
	};
	const struct bootenv *env = &e->state.env;

	say(e, "%s", meaning[e->state.source]);
	if (env->discarded)
		say(e, "values that are bad or given twice were discarded: %u", env->discarded);
	say(e, "in force: root %c, %s on trial, %u attempts counted", slot_letter(env->root),
		env->upgrade_available ? "an update" : "no update", env->bootcount);
}

static void say_decision(struct explain *e)
{
	const struct slot_plan *plan = &e->plan;
	char slot = slot_letter(plan->candidate[0].slot);

	if (!strcmp(plan->why, "rollback"))
		say(e, "decision: root %c first (rollback): the update was tried %d times and never "
			"confirmed", slot, SLOT_ROLLBACK_COUNT - 1);
	else if (plan->count)
		say(e, "decision: root %c first (update): attempt %u of %d before it is taken back",
			slot, plan->bootcount, SLOT_ROLLBACK_COUNT - 1);
	else
		say(e, "decision: root %c first (%s): nothing is on trial or counted", slot, plan->why);
}

static void say_writes(struct explain *e, struct memory *memory)
{
	const struct bootstate_io io = { memory, read_memory, write_memory };
	struct bootenv env;
	bool none = true;

	bootstate_store(&io, &e->state, e->plan.count, e->plan.bootcount);
	for (size_t i = 0; i < 2; i++) {
		const struct memory_file *file = &memory->file[i];

		if (!file->written || bootenv_parse(file->data, (size_t)file->size, &env))
			continue;
		none = false;
		say(e, "before the attempt init would write %s: root %c, upgrade_available=%d, "
			"bootcount=%u", file->name, slot_letter(env.root), env.upgrade_available,
			env.bootcount);
	}
	if (none)
		say(e, "init would write nothing");
}

void explain_plan(struct explain *e)
{
	struct text *json = &e->json;

	json_open(json, "plan", '{');
	json_string(json, "why", e->plan.why);
	if (e->plan.count)
		json_number(json, "bootcount", e->plan.bootcount);
	json_open(json, "candidates", '[');
	for (unsigned int i = 0; i < e->plan.candidates; i++) {
		const struct slot_candidate *candidate = &e->plan.candidate[i];
		const char slot[] = { slot_letter(candidate->slot), '\0' };

		json_open(json, NULL, '{');
		json_string(json, "slot", slot);
		json_string(json, "override", candidate->abi[0] ? candidate->abi : NULL);
		json_close(json, '}');
	}
	json_close(json, ']');
	json_close(json, '}');
}

void explain_slot(struct explain *e)
{
	struct memory memory = { { { .name = BOOTSTATE_FILE }, { .name = BOOTSTATE_COPY } } };
	const struct bootstate_io io = { &memory, read_memory, write_memory };
	const struct verdict good = { .file = e->file };

	begin_step(e, "slot", "which root is first, and why");
	if (e->volume.fd < 0) {
		say(e, "there is no volume to read the boot state from");
		end_step(e, &good);
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		struct memory_file *file = &memory.file[i];

		file->size = fat_read(&e->volume.fat, file->name, file->data, sizeof(file->data));
		say_file(e, file);
	}
	bootstate_load(&io, &e->state);
	say_source(e);
	slot_decide(&e->state.env, &e->plan);
	say_decision(e);
	say_writes(e, &memory);
	end_step(e, &good);
}

// A candidate's volumes, as far as they can be seen; data only for an override.
static void judge_candidate(struct explain *e, const struct slot_candidate *candidate,
	struct verdict *verdict)
{
	const enum volume needed[] = { VOLUME_BOOT, volume_root(candidate->slot), VOLUME_DATA };
	size_t count = candidate->abi[0] ? 3 : 2;

	for (size_t i = e->closed ? 0 : 1; i < count && !verdict->error; i++) {
		const struct partition *partition = find_partition(&e->partitions, needed[i]);

		if (partition)
			judge_filesystem(partition, e->closed, verdict);
		else
			refuse(verdict, BB_VOLUME_MISSING, "%s", volume_name(needed[i]));
	}
}

// How to look at the kernel of a volume that is not encrypted.
static void say_how(struct explain *e, const struct slot_candidate *candidate)
{
	enum volume volume = candidate->abi[0] ? VOLUME_DATA : volume_root(candidate->slot);
	const struct partition *partition = find_partition(&e->partitions, volume);

	if (!e->closed && partition)
		say(e, "   to check it: debugfs -R 'dump /boot%s%s/Image.gz Image.gz' '%s?offset=%llu'; "
			"bbctl image Image.gz", candidate->abi[0] ? "-by-abi/" : "", candidate->abi,
			e->file, (unsigned long long)partition->offset);
}

static void say_candidate(struct explain *e, unsigned int i, const struct verdict *verdict)
{
	const struct slot_candidate *candidate = &e->plan.candidate[i];

	if (candidate->abi[0])
		say(e, "%u. root %c with kernel override %s: boot-by-abi/%s/Image.gz or Image on data",
			i + 1, slot_letter(candidate->slot), candidate->abi, candidate->abi);
	else
		say(e, "%u. root %c: boot/Image.gz or boot/Image on %s", i + 1,
			slot_letter(candidate->slot), volume_name(volume_root(candidate->slot)));
	if (verdict->error)
		say(e, "   fails: %s (%d): %s", bb_error_name(verdict->error), verdict->error,
			verdict->detail);
	else
		say_how(e, candidate);
}

/*
 * The boot is given up only if every candidate fails, and then with the first one's error. That of
 * a candidate behind which another is good is told beside it.
 */
void explain_candidates(struct explain *e)
{
	struct verdict first = { .file = e->file };
	bool all_fail = e->plan.candidates;

	begin_step(e, "volumes", "what is tried, one after the other, until something starts");
	for (unsigned int i = 0; i < e->plan.candidates; i++) {
		struct verdict verdict = { .file = e->file };

		judge_candidate(e, &e->plan.candidate[i], &verdict);
		say_candidate(e, i, &verdict);
		all_fail = all_fail && verdict.error;
		if (!i)
			first = verdict;
	}
	say(e, "not seen from here: what the %s hold, so %s", e->closed ? "encrypted volumes" :
		"filesystems", e->closed ? "filesystems and kernels" : "kernels and their signatures");
	if (first.error && !all_fail)
		say(e, "what to do about the first one: %s", error_remedy(first.error));
	end_step(e, all_fail ? &first : &(struct verdict){ .file = e->file });
}
