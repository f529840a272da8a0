// SPDX-License-Identifier: Apache-2.0
// bbctl: looks at what the bootloader looks at, with the same parsers, on any computer.

#include "bbctl.h"

const char tool_name[] = "bbctl";

static const struct command commands[] = {
	{ "env", env_main, env_help, "read and edit a boot state (bootenv)" },
	{ "blob", blob_main, blob_help, "check a key blob (balena_*.enc)" },
	{ "image", image_main, image_help, "check a kernel (Image or Image.gz) and its signature" },
	{ "disk", disk_main, disk_help, "judge the volumes of a disk or of its image" },
	{ "explain", explain_main, explain_help, "what the bootloader would do with a disk, and why" },
	{ "report", report_main, report_help, "explain a boot report (bootreport.json)" },
	{ "install", install_main, install_help, "replace the bootloader on this device" },
	{ "selftest", selftest_main, selftest_help, "try a board, before any fuse is burnt" },
	{ NULL, NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
	return run_command(commands, argc, argv);
}
