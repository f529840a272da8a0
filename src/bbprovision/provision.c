// SPDX-License-Identifier: Apache-2.0
// How a subcommand begins, refuses and answers; see provision.h.

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "provision.h"
#include "system.h"

#define JSON_SIZE (64u << 10)
// A subcommand's own ones, the two that all have, and the end of the table.
#define OPTIONS_MAX 12

// The first reason is the one that counts: cleaning up behind it may fail as well.
static void record(struct provision *p, const char *reason, const char *format, va_list arguments)
{
	if (p->reason)
		return;
	p->reason = reason;
	vsnprintf(p->detail, sizeof(p->detail), format, arguments);
	// Names of files may be in it, and words of U-Boot's: nothing that a terminal obeys.
	for (char *c = p->detail; *c; c++)
		*c = *c < ' ' || *c > '~' ? '?' : *c;
}

int provision_refuse(struct provision *p, enum provision_reason reason, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(p, provision_reason_name(reason), format, arguments);
	va_end(arguments);
	return STATUS_REFUSED;
}

int provision_refuse_error(struct provision *p, int bb_error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record(p, bb_error_name(bb_error), format, arguments);
	va_end(arguments);
	return STATUS_REFUSED;
}

int provision_refuse_fault(struct provision *p, const struct report_fault *fault)
{
	return provision_refuse_error(p, fault->error, "%s", fault->detail);
}

void provision_as_json(struct provision *p)
{
	static char answer[JSON_SIZE];

	p->json = TEXT_IN(answer);
	json_open(&p->json, NULL, '{');
}

int provision_options(struct provision *p, int argc, char **argv, const struct command_option *own)
{
	bool as_json = false;
	struct command_option all[OPTIONS_MAX] = { { "--json", &as_json, NULL },
		{ "--config", NULL, &p->config_file } };
	int count;

	for (size_t i = 2; own && own->name && i < OPTIONS_MAX - 1; i++)
		all[i] = *own++;
	count = take_options(argc, argv, all);
	if (as_json)
		provision_as_json(p);
	return count;
}

int provision_begin(struct provision *p, int argc, char **argv, const struct command_option *own)
{
	int count = provision_options(p, argc, argv, own);

	if (count > 0)
		return fail_usage(argv[0], "takes no arguments");
	return count ? STATUS_USAGE : STATUS_GOOD;
}

int provision_read_config(struct provision *p)
{
	const char *file = p->config_file ? p->config_file : CONFIG_PATH;
	uint8_t data[CONFIG_SIZE_MAX];
	unsigned int line = 0;
	int size = read_file(AT_FDCWD, file, data, sizeof(data));

	if (size < 0)
		return provision_refuse_error(p, BB_CONFIG_MISSING, "%s: %s", file, strerror(-size));
	if (config_parse(data, (size_t)size, &p->config, &line))
		return provision_refuse_error(p, BB_CONFIG_BAD, "%s: line %u", file, line);
	return STATUS_GOOD;
}

static void print_json(struct provision *p)
{
	if (p->reason) {
		json_open(&p->json, "error", '{');
		json_string(&p->json, "name", p->reason);
		json_string(&p->json, "detail", p->detail);
		json_close(&p->json, '}');
	} else {
		json_null(&p->json, "error");
	}
	json_close(&p->json, '}');
	puts(p->json.data);
}

int provision_answer(struct provision *p)
{
	if (p->json.data)
		print_json(p);
	if (fflush(stdout) || ferror(stdout))
		return fail_file("standard output", "cannot be written");
	if (!p->reason)
		return STATUS_GOOD;
	fprintf(stderr, "%s: %s: %s\n", tool_name, p->reason, p->detail);
	return STATUS_REFUSED;
}
