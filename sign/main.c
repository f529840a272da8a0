// SPDX-License-Identifier: Apache-2.0
// bbsign: signs what a device runs, and verifies it as the device will.

#include <stddef.h>

#include "sign.h"

static const struct command commands[] = {
	{ "pki", pki_main, pki_help, "make the keys and certificates of a device type" },
	{ "srk", srk_main, srk_help, "make the SRK table and the fuse file" },
	{ "efuses", efuses_main, efuses_help, "write the fuse file for artifacts that it verified" },
	{ "hab", hab_main, hab_help, "sign a kernel or a device tree for the boot ROM and U-Boot" },
	{ "hab-verify", hab_verify_main, hab_verify_help, "verify it as the boot ROM does" },
	{ "kernel", kernel_main, kernel_help, "sign a kernel for the bootloader, or verify it" },
	{ "module", module_main, module_help, "sign a kernel module" },
	{ "manifest", manifest_main, manifest_help, "sign an installer's root filesystem, or verify it" },
	{ "info", info_main, info_help, "say what a file is: IVT, CSF, certificates, signatures" },
	{ NULL, NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
	return run_command(commands, argc, argv);
}
