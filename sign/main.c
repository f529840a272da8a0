// SPDX-License-Identifier: Apache-2.0
// bbsign: signs what a device runs, and verifies it as the device will.

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sign.h"

const char tool_name[] = "bbsign";

static const struct command commands[] = {
	{ "pki", pki_main, pki_help, "make the keys and certificates of a device type" },
	{ "srk", srk_main, srk_help, "make the SRK table and the fuse file" },
	{ "efuses", efuses_main, efuses_help, "write the fuse file for artifacts that it verified" },
	{ "hab", hab_main, hab_help, "sign a kernel or a device tree for the boot ROM and U-Boot" },
	{ "hab-verify", hab_verify_main, hab_verify_help, "verify it as the boot ROM does" },
	{ "kernel", kernel_main, kernel_help, "sign a kernel for the bootloader, or verify it" },
	{ "module", module_main, module_help, "sign a kernel module" },
	{ "info", info_main, info_help, "say what a file is: IVT, CSF, certificates, signatures" },
	{ NULL, NULL, NULL, NULL },
};

time_t signing_time(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long seconds;

	if (!epoch)
		return time(NULL);
	errno = 0;
	seconds = strtoll(epoch, &end, 10);
	if (errno || end == epoch || *end || seconds < 0) {
		fprintf(stderr, "%s: SOURCE_DATE_EPOCH is no number of seconds: %s\n", tool_name, epoch);
		exit(STATUS_USAGE);
	}
	return (time_t)seconds;
}

int refuse_file(const char *file, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: %s: refused: ", tool_name, file);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return STATUS_REFUSED;
}

int main(int argc, char **argv)
{
	return run_command(commands, argc, argv);
}
