// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a boot report made of any bytes is one JSON object that fits, and says the same again.

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/bbctl/report-read.c"

struct input {
	const uint8_t *data;
	size_t size;
};

static uint8_t take_byte(struct input *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

// A byte that says how many follow, cut to what the array takes.
static void take_text(struct input *in, char *ret, size_t ret_size)
{
	size_t length = (size_t)take_byte(in) * ret_size / 255;

	length = length < ret_size ? length : ret_size - 1;
	length = length < in->size ? length : in->size;
	memcpy(ret, in->data, length);
	ret[length] = '\0';
	in->data += length;
	in->size -= length;
}

static void take_fault(struct input *in, struct report_fault *ret)
{
	ret->error = take_byte(in);
	ret->stage = take_byte(in) & 1 ? "kernel" : NULL;
	take_text(in, ret->detail, sizeof(ret->detail));
}

static void take_report(struct input *in, struct report *r, struct slot_plan *plan)
{
	static char abi[SLOT_CANDIDATES_MAX][BOOTENV_ABI_MAX + 1];
	uint8_t flags = take_byte(in);

	*plan = (struct slot_plan){ .count = flags & 1, .bootcount = take_byte(in), .why = "why" };
	for (unsigned int i = 0; i < SLOT_CANDIDATES_MAX; i++) {
		take_text(in, abi[i], sizeof(abi[i]));
		plan->candidate[i] = (struct slot_candidate){ flags >> 1 & 1, abi[i] };
	}
	r->plan = flags & 4 ? plan : NULL;
	r->variant = "production";
	r->stage = "bootloader";
	r->device = flags & 8 ? "closed" : NULL;
	r->enforced = flags & 16;
	r->attempts = take_byte(in) % (SLOT_CANDIDATES_MAX + 1);
	for (unsigned int i = 0; i < r->attempts; i++)
		take_fault(in, &r->attempt[i]);
	take_fault(in, &r->fault);
	take_text(in, r->disk, sizeof(r->disk));
	take_text(in, r->installer.medium, sizeof(r->installer.medium));
	r->installer.authenticated = flags & 32;
	r->installer.version = flags & 64 ? UINT32_MAX : 1;
	take_text(in, r->kernel.path, sizeof(r->kernel.path));
	take_text(in, r->kernel.signer, sizeof(r->kernel.signer));
	take_text(in, r->lockdown, sizeof(r->lockdown));
	take_text(in, r->dropped_words, sizeof(r->dropped_words));
	take_text(in, r->warnings, sizeof(r->warnings));
	r->kernel.size = flags & 32 ? UINT64_MAX : 1000;
	r->kernel.version = flags & 64 ? UINT32_MAX : 1;
	r->stages = take_byte(in) % (REPORT_STAGES_MAX + 1);
	for (unsigned int i = 0; i < r->stages; i++) {
		r->stage_time[i].name = "volumes";
		r->stage_time[i].start = r->stage_time[i].end = flags & 128 ? INT64_MAX : i;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct report report = { 0 };
	struct slot_plan plan;
	char text[REPORT_SIZE], again[REPORT_SIZE];
	struct json_object *object, *error;
	size_t length;

	take_report(&in, &report, &plan);
	length = report_render(&report, text);
	if (length >= REPORT_SIZE || strlen(text) != length || report_read(text, length, &object) || !object)
		abort();
	// Whether the fault is the same as the last one is decided by the bytes in front.
	if (!json_object_object_get_ex(object, "error", &error) || !error != !report.fault.error ||
	    (report.fault.error && (!report_fault_length(text) ||
		strncmp(text, "{\"error\":{\"name\":\"", 18) || report_fault_length(text) > 64)))
		abort();
	if (report_render(&report, again) != length || strcmp(text, again))
		abort();
	json_object_put(object);
	return 0;
}
