// SPDX-License-Identifier: Apache-2.0
// bbprovision config: whether the installer is to make a device that only its own bootloader opens.

#include <stdio.h>
#include <stdlib.h>

#include "installed.h"
#include "json-read.h"
#include "json.h"
#include "provision.h"

#define OPT_IN "installer.secureboot"

const char config_help[] =
	"usage: bbprovision config FILE [--json | --installed]\n"
	"\n"
	"Prints what installer.secureboot in a config.json asks for: \"secureboot\" when it is true,\n"
	"\"plain\" when it is false or not there. A document that is not JSON, has the setting twice,\n"
	"or has anything else in its place is refused (config-bad): an installer that guesses makes\n"
	"an open device of one that was to be closed.\n"
	"\n"
	"  --installed  print the document as the device gets it: without the member \"installer\"\n";

static const char *const faults[] = {
	[JSON_READ_NOT_BOOLEAN] = OPT_IN " is neither true nor false",
	[JSON_READ_TWICE] = OPT_IN " stands there twice",
	[JSON_READ_NOT_JSON] = "not a JSON document",
	[JSON_READ_TOO_DEEP] = "nested too deeply",
	[JSON_READ_TOO_LONG] = "longer than 64 KiB",
};

static void judge(struct provision *p, const char *file, const uint8_t *data, size_t size,
	bool installed)
{
	bool secureboot = false;
	enum json_read read = json_read_bool(data, size, OPT_IN, &secureboot);
	const char *answer = secureboot ? "secureboot" : "plain";

	if (read != JSON_READ_FOUND && read != JSON_READ_ABSENT)
		provision_refuse(p, PROVISION_CONFIG_BAD, "%s: %s", file, faults[read]);
	else if (installed)
		write_installed(stdout, data, size);
	else if (p->json.data)
		json_string(&p->json, "installation", answer);
	else
		puts(answer);
}

int config_main(int argc, char **argv)
{
	bool as_json = false, installed = false;
	const struct command_option options[] = { { "--json", &as_json, NULL },
		{ "--installed", &installed, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);
	struct provision p = { 0 };
	uint8_t *data;
	size_t size;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (as_json && installed)
		return fail_usage(argv[0], "--installed prints a document of its own: not with --json");
	data = read_whole(argv[1], JSON_READ_SIZE_MAX, &size);
	if (!data)
		return STATUS_USAGE;
	if (as_json)
		provision_as_json(&p);
	judge(&p, argv[1], data, size, installed);
	free(data);
	return provision_answer(&p);
}
