// SPDX-License-Identifier: Apache-2.0
// bbctl selftest: tries what this project assumes of a board, before any fuse is burnt; see selftest.h.

#include "selftest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "json.h"

#define SAYS_SIZE 512

const char selftest_help[] =
	"usage: bbctl selftest [--config FILE] [--json]\n"
	"\n"
	"On an open device, in its recovery shell: tries what the bootloader assumes of the board and the\n"
	"kernel (fuses, CAAM, key service, cipher, watchdog, enforcement, random numbers, disk). Says what\n"
	"it found, a line a check:\n"
	"\n"
	"  ok       as assumed\n"
	"  differs  found, and otherwise than assumed\n"
	"  absent   not there; that counts, unless it need not be there\n"
	"  failed   could not be tried, or refused what it has to do\n"
	"\n"
	"docs/first-board.md has what to do for each. Nothing is burnt, written to a disk or left behind. On\n"
	"a closed device it looks at the fuses only.\n"
	"\n"
	"  --config FILE  the bootloader's configuration; " CONFIG_PATH "\n"
	"\n"
	"Exit status: 0 all as assumed, 1 not so, 2 usage.\n";

static const struct {
	const char *name;
	enum selftest_need need;
} checks[] = {
#define SELFTEST_ROW(function, name, need) { name, need },
	SELFTEST_TABLE(SELFTEST_ROW)
#undef SELFTEST_ROW
};

static const char *const status_names[] = { "ok", "differs", "absent", "failed" };

// How many checks came out so; absent ones apart by whether that counts.
struct count {
	unsigned int of[4], not_needed;
};

void selftest_say(struct text *says, const char *format, ...)
{
	char line[SAYS_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (char *c = line; *c; c++)
		text_add_char(says, *c < ' ' || *c > '~' ? '?' : *c);
}

static bool is_needed(const struct selftest *s, size_t i)
{
	return checks[i].need == NEEDED || (checks[i].need == NEEDED_ON_IMX8M && s->imx8m) ||
		(checks[i].need == NEEDED_FOR_TK && s->config.key_source == KEY_SOURCE_CAAM_TK);
}

// What NXP's tagged keys alone have is not tried for another source of keys.
static enum selftest_status run_check(struct selftest *s, size_t i, struct text *says)
{
	if (checks[i].need != NEEDED_FOR_TK || is_needed(s, i))
		return selftest_checks[i](s, says);
	selftest_say(says, "not for this key source");
	return SELFTEST_ABSENT;
}

static void say_one(struct text *json, const char *name, enum selftest_status status, bool counts,
	const char *says)
{
	if (!json->data) {
		printf("%-7s %s: %s\n", status_names[status], name, says);
		fflush(stdout);
		return;
	}
	json_open(json, NULL, '{');
	json_string(json, "name", name);
	json_string(json, "status", status_names[status]);
	json_bool(json, "as_assumed", !counts);
	json_string(json, "text", says);
	json_close(json, '}');
}

static void run_one(struct selftest *s, size_t i, struct text *json, struct count *count)
{
	char buffer[SAYS_SIZE];
	struct text says = TEXT_IN(buffer);
	enum selftest_status status = run_check(s, i, &says);
	bool counts = status == SELFTEST_ABSENT ? is_needed(s, i) : status != SELFTEST_OK;

	if (status == SELFTEST_ABSENT && !counts)
		count->not_needed++;
	else
		count->of[status]++;
	say_one(json, checks[i].name, status, counts, buffer);
}

// A closed device's checks end with those of the fuses: there is nothing left to find out first.
static bool run_all(struct selftest *s, struct text *json, struct count *count)
{
	for (size_t i = 0; i < SELFTEST_COUNT; i++) {
		run_one(s, i, json, count);
		if (s->may_be_closed && !strcmp(checks[i].name, "blank"))
			return false;
	}
	return true;
}

static bool is_as_assumed(const struct count *count)
{
	return !count->of[SELFTEST_DIFFERS] && !count->of[SELFTEST_ABSENT] && !count->of[SELFTEST_FAILED];
}

static void say_verdict(const struct selftest *s, const struct count *count)
{
	unsigned int differ = count->of[SELFTEST_DIFFERS], absent = count->of[SELFTEST_ABSENT],
		failed = count->of[SELFTEST_FAILED];

	if (s->may_be_closed)
		puts("verdict: not an open device, as far as can be told: nothing but the fuses was looked at");
	else if (is_as_assumed(count))
		printf("verdict: as assumed: %u checks; %u not there that need not be\n",
			count->of[SELFTEST_OK], count->not_needed);
	else
		printf("verdict: not as assumed: %u differ, %u absent, %u failed; burn no fuse; "
		       "docs/first-board.md says what to do\n", differ, absent, failed);
}

static int run(struct selftest *s, const char *config, bool as_json)
{
	struct text json = { .data = NULL };
	struct count count = { 0 };
	bool whole;

	if (as_json) {
		json_answer(&json, config);
		json_open(&json, "checks", '[');
	}
	whole = run_all(s, &json, &count);
	if (as_json) {
		json_close(&json, ']');
		json_bool(&json, "whole", whole);
		json_bool(&json, "as_assumed", whole && is_as_assumed(&count));
		json_close(&json, '}');
		puts(json.data);
		free(json.data);
	} else {
		say_verdict(s, &count);
	}
	return whole && is_as_assumed(&count) ? STATUS_GOOD : STATUS_REFUSED;
}

int selftest_main(int argc, char **argv)
{
	static struct selftest s;
	const char *config = CONFIG_PATH;
	bool as_json = false;
	const struct command_option options[] = { { "--config", NULL, &config },
		{ "--json", &as_json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;

	if (count)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "takes no arguments");
	status = read_config(config, &s.config);
	if (status)
		return status;
	return selftest_checks[0] ? run(&s, config, as_json) :
		fail_usage(argv[0], "is in the device's bbctl only: make tools");
}
