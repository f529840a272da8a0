// SPDX-License-Identifier: Apache-2.0
// Words of command lines: which pass, which are dropped, and that nothing gets in between.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "test.h"

struct filter_case {
	const char *name, *line, *pass, *out, *dropped;
};

static const struct filter_case filter_cases[] = {
	{ "nothing", "", "", "", "" },
	{ "blanks only", " \t\n ", "a", "", "" },
	{ "listed", "a=1 b", "a b", "a=1 b", "" },
	{ "none listed", "a=1 b", "", "", "a b" },
	{ "some listed", "a=1 b c=2", "b", "b", "a c" },
	{ "order and repetition stay", "b a b=1 b=2", "a b", "b a b=1 b=2", "" },
	{ "dropped once", "x=1 x=2 x y x=3", "", "", "x y" },
	{ "not a part of a name", "consoles=1 consol=1 console=1", "console", "console=1", "consoles consol" },
	{ "upper case is another", "Console=1", "console", "", "Console" },
	{ "hyphen and underscore differ", "a_b=1 a-b=1", "a-b", "a-b=1", "a_b" },
	{ "empty name", "=x a", "a", "a", "" },
	{ "empty value", "a= b", "a", "a=", "b" },
	{ "double dash", "a -- b", "a b", "a b", "--" },
	{ "double dash is a name like others", "--=x", "", "", "--" },
	{ "quotes in a value", "a=\"x y\" b", "a b y\"", "b", "a y" },
	{ "quoted word", "\"a=x\" b", "a b", "b", "" },
	{ "quotes do not hold words together", "x=\"1 a=2 3\"", "a", "a=2", "x 3" },
	{ "single quote", "a='x'", "a", "", "a" },
	{ "backslash", "a=x\\ b", "a b", "b", "a" },
	{ "tab and newline end words", "a=1\tb=2\nc=3\rd", "a b c d", "a=1 b=2 c=3 d", "" },
	{ "vertical tab is no plain byte", "a=1\vlockdown=none", "a lockdown", "", "a" },
	{ "form feed", "a=1\fb=2", "a b", "", "a" },
	{ "0xa0, a blank to the kernel", "a=1\xa0" "b=2", "a b", "", "a" },
	{ "high bytes in a name", "\xc3\xa9=1 a", "a", "a", "" },
	{ "name cut to plain bytes", "ab\x01" "c=1", "ab", "", "ab" },
	{ "escape sequence", "a=\x1b[2J", "a", "", "a" },
	{ "semicolon and dollar", "a=$(x) b;c", "a b", "", "a b" },
	{ "all plain bytes", "a=Az09._,:=/@+-", "a", "a=Az09._,:=/@+-", "" },
	{ "start of a value", "console=ttyS0 console=tty console=uart8250,mmio32,0x40000000 console console=",
		"console=tty", "console=ttyS0 console=tty", "console" },
	{ "start of a value is not one of a name", "a=bc a=b ab=b a", "a=b", "a=bc a=b", "ab a" },
	{ "hostile words", "lockdown=none module.sig_enforce=0 rdinit=/bin/sh init=/x lsm= console=ttyS0",
		"console", "console=ttyS0", "lockdown module.sig_enforce rdinit init lsm" },
};

static void cmdline_filters(void)
{
	for (size_t i = 0; i < sizeof(filter_cases) / sizeof(filter_cases[0]); i++) {
		const struct filter_case *c = &filter_cases[i];
		char out_data[256], dropped_data[256];
		struct text out = TEXT_IN(out_data), dropped = TEXT_IN(dropped_data);

		cmdline_filter(c->line, c->pass, &out, &dropped);
		test_case = c->name;
		test_assert(!strcmp(out.data, c->out));
		test_assert(!strcmp(dropped.data, c->dropped));
		test_assert(!out.overflow && !dropped.overflow);
	}
}

static void cmdline_appends(void)
{
	char out_data[64], dropped_data[64];
	struct text out = TEXT_IN(out_data), dropped = TEXT_IN(dropped_data);

	cmdline_add(&out, "");
	cmdline_add(&out, "root=/dev/x ro");
	cmdline_filter("a b", "a", &out, &dropped);
	cmdline_add(&out, "");
	cmdline_add(&out, "z");
	test_assert(!strcmp(out.data, "root=/dev/x ro a z"));
}

// A text that is full says so, whatever comes; words are never run together.
static void cmdline_overflows(void)
{
	for (size_t size = 1; size < 20; size++) {
		char out_data[20], dropped_data[20];
		struct text out = text_in(out_data, size), dropped = text_in(dropped_data, size);

		cmdline_filter("aaaa bbbb cccc xxxx yyyy zzzz", "aaaa bbbb cccc", &out, &dropped);
		test_assert(out.overflow == (size < 15) && dropped.overflow == (size < 15));
		test_assert(strlen(out.data) == (size < 15 ? size - 1 : 14));
		test_assert(!strncmp("aaaa bbbb cccc", out.data, strlen(out.data)));
		test_assert(!strncmp("xxxx yyyy zzzz", dropped.data, strlen(dropped.data)));
	}
}

static void cmdline_longest_line(void)
{
	static char line[CMDLINE_SIZE], out_data[CMDLINE_SIZE], dropped_data[256];
	struct text out = TEXT_IN(out_data), dropped = TEXT_IN(dropped_data);

	memset(line, 'a', sizeof(line) - 1);
	cmdline_filter(line, line, &out, &dropped);
	test_assert(!out.overflow && !strcmp(out.data, line));
	cmdline_filter(line, "", &out, &dropped);
	test_assert(dropped.overflow && dropped.used == sizeof(dropped_data) - 1);
	for (size_t i = 1; i < sizeof(line) - 1; i += 2)
		line[i] = ' ';
	dropped = TEXT_IN(dropped_data);
	cmdline_filter(line, "", &out, &dropped);
	test_assert(!strcmp(dropped.data, "a"));
}

static void cmdline_has_whole_words(void)
{
	test_assert(cmdline_has("balena_stage2 x", "balena_stage2"));
	test_assert(cmdline_has("x\tflasher\n", "flasher"));
	test_assert(!cmdline_has("balena_stage22 xbalena_stage2 balena_stage2=1", "balena_stage2"));
	test_assert(!cmdline_has("", "flasher") && !cmdline_has("  ", "flasher"));
	test_assert(!cmdline_has("Flasher", "flasher"));
}

static void cmdline_values(void)
{
	char value[8] = "before";

	test_assert(!cmdline_value("x=1 root=abc root=def", "root", value, sizeof(value)));
	test_assert(!strcmp(value, "def"));
	test_assert(!cmdline_value("root=", "root", value, sizeof(value)) && !value[0]);
	test_assert(!cmdline_value("root=a=b", "root", value, sizeof(value)) && !strcmp(value, "a=b"));
	strcpy(value, "before");
	test_assert(cmdline_value("root xroot=1 roo=1 rootx=1 Root=1", "root", value, sizeof(value)) == -ENOENT);
	test_assert(cmdline_value("", "root", value, sizeof(value)) == -ENOENT);
	test_assert(!strcmp(value, "before"));
	test_assert(!cmdline_value("root=1234567", "root", value, sizeof(value)));
	test_assert(cmdline_value("root=12345678", "root", value, sizeof(value)) == -EINVAL);
	test_assert(!strcmp(value, "1234567"));
}

int main(void)
{
	test_run(cmdline_filters);
	test_run(cmdline_appends);
	test_run(cmdline_overflows);
	test_run(cmdline_longest_line);
	test_run(cmdline_has_whole_words);
	test_run(cmdline_values);
	return test_result();
}
