// SPDX-License-Identifier: Apache-2.0
// The report, read back with json-c: what it says of a boot, that the worst of all boots has a whole
// report too, and that no text can break out of its string.

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "report.h"
#include "test.h"

static struct json_object *parse(const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
	object = json_tokener_parse_ex(tokener, text, (int)length);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    json_tokener_get_parse_end(tokener) != length) {
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

// Renders into a buffer of its own, so that the sanitizer sees a write beyond the end.
static struct json_object *render(const struct report *report, size_t *ret_length)
{
	char *text = malloc(REPORT_SIZE);
	struct json_object *object = NULL;

	if (!text)
		abort();
	memset(text, 'x', REPORT_SIZE);
	*ret_length = report_render(report, text);
	if (*ret_length < REPORT_SIZE && strlen(text) == *ret_length)
		object = parse(text, *ret_length);
	free(text);
	return object;
}

static struct json_object *get(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, name, &value);
	return value;
}

static bool is(struct json_object *object, const char *name, const char *expected)
{
	const char *string = json_object_get_string(get(object, name));

	return string ? expected && !strcmp(string, expected) : !expected;
}

static struct bootenv env = { .root = SLOT_B, .upgrade_available = true, .bootcount = 1,
	.override_abi = "abi-1" };
static struct slot_plan plan;

static void fill_good(struct report *r)
{
	slot_decide(&env, &plan);
	*r = (struct report){
		.variant = "production", .stage = "bootloader", .device = "closed", .disk = "mmcblk2", .layout = 2,
		.plan = &plan, .attempts = 2, .lockdown = "integrity", .enforced = true, .rng_wait = 12345,
		.dropped_words = "lockdown console", .warnings = "one\ntwo words", .stages = 2,
		.kernel = { .path = "boot/Image.gz", .size = 20000000, .digest = { 0xab, 0xcd },
			.signer = "Kernel \"key\" \\1", .version = 7 },
		.stage_time = { { "start", 10, 20 }, { "enforcement", 20, 4000000000 } },
	};
	r->attempt[0] = (struct report_fault){ BB_KERNEL_MISSING, "kernel", "boot-by-abi/abi-1/Image" };
}

static void report_good_boot(void)
{
	struct report report;
	size_t length;
	struct json_object *o, *attempts, *times;

	fill_good(&report);
	o = render(&report, &length);
	test_assert(o);
	test_assert(!get(o, "error") && is(o, "version", BB_VERSION) && is(o, "variant", "production"));
	test_assert(is(o, "device", "closed") && is(o, "disk", "mmcblk2") && !get(o, "shortened"));
	test_assert(json_object_get_int(get(o, "layout")) == 2);
	test_assert(is(o, "slot", "B") && is(o, "override", NULL) && is(o, "why", "update"));
	test_assert(json_object_get_int(get(o, "bootcount")) == 2);
	attempts = get(o, "attempts");
	test_assert(json_object_array_length(attempts) == 2);
	test_assert(is(json_object_array_get_idx(attempts, 0), "override", "abi-1"));
	test_assert(is(get(json_object_array_get_idx(attempts, 0), "error"), "name", "kernel-missing"));
	test_assert(!get(json_object_array_get_idx(attempts, 1), "error"));
	test_assert(is(get(o, "kernel"), "signer", "Kernel \"key\" \\1"));
	test_assert(json_object_get_int(get(get(o, "kernel"), "size")) == 20000000);
	test_assert(!strncmp(json_object_get_string(get(get(o, "kernel"), "sha256")), "abcd0000", 8));
	test_assert(json_object_array_length(get(o, "dropped_words")) == 2);
	test_assert(json_object_array_length(get(o, "warnings")) == 2);
	times = json_object_array_get_idx(get(o, "stages"), 1);
	test_assert(is(times, "name", "enforcement"));
	test_assert(json_object_get_int64(get(times, "end")) == 4000000000);
	json_object_put(o);
}

// The flasher's: no slot, but a medium.
static void report_of_an_installer(void)
{
	struct report report = { .variant = "production", .stage = "flasher",
		.installer = { .medium = "sda2", .authenticated = true, .version = 7 } };
	size_t length;
	struct json_object *o = render(&report, &length);

	test_assert(o && is(get(o, "installer"), "medium", "sda2"));
	test_assert(json_object_get_boolean(get(get(o, "installer"), "authenticated")));
	test_assert(json_object_get_int(get(get(o, "installer"), "version")) == 7);
	json_object_put(o);
	report.installer.authenticated = false;
	o = render(&report, &length);
	test_assert(o && !json_object_get_boolean(get(get(o, "installer"), "authenticated")));
	test_assert(!json_object_object_get_ex(get(o, "installer"), "version", NULL));
	json_object_put(o);
}

static void report_of_nothing(void)
{
	struct report report = { .variant = "unknown", .stage = "unknown" };
	size_t length;
	struct json_object *o;

	report.fault = (struct report_fault){ BB_CONFIG_MISSING, "start", "x" };
	o = render(&report, &length);
	test_assert(o && is(get(o, "error"), "name", "config-missing"));
	test_assert(json_object_get_int(get(get(o, "error"), "number")) == BB_CONFIG_MISSING);
	test_assert(is(get(o, "error"), "stage", "start") && !get(o, "device") && !get(o, "slot"));
	test_assert(!json_object_object_get_ex(o, "layout", NULL));
	test_assert(!json_object_object_get_ex(o, "installer", NULL));
	json_object_put(o);
}

static void fill(char *text, size_t size, const char *pattern)
{
	for (size_t i = 0; i + 1 < size; i++)
		text[i] = pattern[i % strlen(pattern)];
	text[size - 1] = '\0';
}

// Every field as long as it can be, of the bytes of a pattern, with so many stages and attempts.
static void fill_worst(struct report *r, struct slot_plan *p, const char *pattern,
	unsigned int stages, unsigned int attempts)
{
	static char abi[BOOTENV_ABI_MAX + 1];

	*r = (struct report){ .variant = "development", .stage = "bootloader", .device = "unreadable" };
	*p = (struct slot_plan){ .count = true, .bootcount = 99, .why = "rollback", .candidates = 4 };
	fill(abi, sizeof(abi), "abcdefgh");
	for (unsigned int i = 0; i < SLOT_CANDIDATES_MAX; i++) {
		p->candidate[i] = (struct slot_candidate){ SLOT_B, abi };
		r->attempt[i].error = BB_KERNEL_SIGNATURE_FORM;
		r->attempt[i].stage = "enforcement";
		fill(r->attempt[i].detail, sizeof(r->attempt[i].detail), pattern);
	}
	r->fault = r->attempt[0];
	r->plan = p;
	r->attempts = attempts;
	r->layout = 2;
	fill(r->disk, sizeof(r->disk), pattern);
	fill(r->installer.medium, sizeof(r->installer.medium), pattern);
	r->installer.authenticated = true;
	r->installer.version = UINT32_MAX;
	fill(r->kernel.path, sizeof(r->kernel.path), pattern);
	fill(r->kernel.signer, sizeof(r->kernel.signer), pattern);
	r->kernel.size = UINT64_MAX;
	r->kernel.version = UINT32_MAX;
	memset(r->kernel.digest, 0xff, sizeof(r->kernel.digest));
	fill(r->lockdown, sizeof(r->lockdown), pattern);
	r->rng_wait = UINT64_MAX;
	fill(r->dropped_words, sizeof(r->dropped_words), pattern);
	fill(r->warnings, sizeof(r->warnings), pattern);
	r->stages = stages;
	for (unsigned int i = 0; i < stages; i++) {
		r->stage_time[i].name = "enforcement";
		r->stage_time[i].start = r->stage_time[i].end = UINT64_MAX;
	}
}

// The fault, which counts, is whole in every report.
static void check_worst(const struct report *report)
{
	size_t length;
	struct json_object *o = render(report, &length);
	bool whole_detail;

	test_assert(o);
	whole_detail = strlen(json_object_get_string(get(get(o, "error"), "detail"))) ==
		strlen(report->fault.detail);
	test_assert(is(get(o, "error"), "name", "kernel-signature-form") && whole_detail);
	test_assert(get(o, "kernel") && get(o, "enforcement") && is(o, "slot", "B"));
	test_assert(get(o, "shortened") || (get(o, "stages") && get(o, "warnings")));
	json_object_put(o);
}

static void report_worst_case_is_whole(void)
{
	static const char *const patterns[] = { "x", "\"", "\\", "\x01", "\xff", "a\n", "\"\n", "a ", "\" ",
		"\"\\", "\n", " ", "a\"\n ", "</script>", "%s%n" };

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		test_case = patterns[i];
		for (unsigned int stages = 0; stages <= REPORT_STAGES_MAX; stages++) {
			for (unsigned int attempts = 0; attempts <= SLOT_CANDIDATES_MAX; attempts++) {
				struct report report;
				struct slot_plan worst;

				fill_worst(&report, &worst, patterns[i], stages, attempts);
				check_worst(&report);
				if (test_failed)
					return;
			}
		}
	}
}

// A boot in which everything that can fail does, with texts as they are in fact, needs no shortening.
static void report_real_boot_is_not_shortened(void)
{
	struct report r;
	size_t length;
	struct json_object *o;

	fill_good(&r);
	for (unsigned int i = 0; i < SLOT_CANDIDATES_MAX; i++) {
		r.attempt[i] = (struct report_fault){ BB_KERNEL_SIGNATURE_FORM, "volumes",
			"the content is not the SHA-256 digest of a PE image" };
	}
	env.bootcount = 2;
	strcpy(env.committed_abi[SLOT_A], "5.15.32-v8+g1234567");
	slot_decide(&env, &plan);
	r.fault = r.attempt[0];
	r.attempts = plan.candidates;
	strcpy(r.warnings, "fuses cannot be read, device treated as closed: imx-ocotp0\n"
		"boot state recovered from its copy: bootenv.copy\nboot state has bad values: bootenv");
	r.stages = 18;
	for (unsigned int i = 0; i < r.stages; i++) {
		r.stage_time[i].name = "enforcement";
		r.stage_time[i].start = 99999999;
		r.stage_time[i].end = 100000000;
	}
	o = render(&r, &length);
	printf("# a long but real report: %zu of %d bytes\n", length, REPORT_SIZE);
	test_assert(plan.candidates == 4);
	test_assert(o && !get(o, "shortened"));
	json_object_put(o);
}

// Whatever bytes come from outside, the structure stays: the same names, nothing more.
static void report_texts_stay_in_their_strings(void)
{
	srand(3);
	for (unsigned int run = 0; run < 2000; run++) {
		struct report r;
		size_t length;
		struct json_object *o;
		int names;

		fill_good(&r);
		r.fault = r.attempt[0];
		for (size_t i = 0; i < 40; i++) {
			r.fault.detail[i] = (char)(rand() % 255 + 1);
			r.warnings[i] = (char)(rand() % 255 + 1);
			r.dropped_words[i] = (char)(rand() % 255 + 1);
			r.kernel.signer[i] = "\"\\,{}[]:a\x7f\xc3"[rand() % 11];
		}
		o = render(&r, &length);
		names = o ? json_object_object_length(o) : 0;
		json_object_put(o);
		test_assert(names == 17);
	}
}

// Reports of the same fault start with the same bytes, and only they.
static void report_fault_prefix(void)
{
	static char a[REPORT_SIZE], b[REPORT_SIZE];
	struct report report;
	size_t length;

	fill_good(&report);
	report.fault = (struct report_fault){ BB_KERNEL_REFUSED, "load", "one" };
	report_render(&report, a);
	length = report_fault_length(a);
	report.rng_wait++;
	strcpy(report.fault.detail, "another");
	report_render(&report, b);
	test_assert(length > 10 && length == report_fault_length(b) && !memcmp(a, b, length));
	report.fault.error = BB_KERNEL_LOAD;
	report_render(&report, b);
	test_assert(memcmp(a, b, length));
	test_assert(report_fault_length("") == 0 && report_fault_length("   ") == 0);
}

// A name that anybody may have chosen gets to a terminal with it.
static void report_fault_is_printable(void)
{
	struct report_fault fault = { 0 };

	test_assert(report_fail(&fault, BB_BLOB_NAME, "balena_\033[2J\n\377.enc", 0) == BB_BLOB_NAME);
	test_assert(!strcmp(fault.detail, "balena_?[2J??.enc"));
}

int main(void)
{
	test_run(report_good_boot);
	test_run(report_of_an_installer);
	test_run(report_of_nothing);
	test_run(report_worst_case_is_whole);
	test_run(report_real_boot_is_not_shortened);
	test_run(report_texts_stay_in_their_strings);
	test_run(report_fault_prefix);
	test_run(report_fault_is_printable);
	return test_result();
}
