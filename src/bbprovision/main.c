// SPDX-License-Identifier: Apache-2.0
/*
 * bbprovision: what an installer calls for everything that is secret or cannot be undone. Every
 * command finds out from the disk and the fuses where things stand, so that each can be run again,
 * and goes on where it was interrupted.
 */

#include "provision.h"

const char tool_name[] = "bbprovision";

static const struct command commands[] = {
	{ "status", status_main, status_help, "where provisioning stands: fuses, partitions, key blobs" },
	{ "config", config_main, config_help, "what a config.json says of secure boot" },
	{ "fuses", fuses_main, fuses_help, "burns the SRK hash; closes the device" },
	{ "revoke", revoke_main, revoke_help, "revokes a slot of which nothing is needed any more" },
	{ "split", split_main, split_help, "give the disk its partitions" },
	{ "key", key_main, key_help, "make the keys of a closed device, or complete their blobs" },
	{ "volumes", volumes_main, volumes_help, "open the encrypted volumes, or close them" },
	{ "erase", erase_main, erase_help, "destroy the keys and the partitions of a closed device" },
	{ NULL, NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
	return run_command(commands, argc, argv);
}
