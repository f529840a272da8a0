// SPDX-License-Identifier: Apache-2.0
// mkchip --show: a chip file, for people and for scripts. The master secret is left out.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mkchip.h"

static const char *state_name(uint32_t number)
{
	for (size_t i = 0; i < CHIP_STATE_COUNT; i++) {
		if (chip_states[i].number == number)
			return chip_states[i].name;
	}
	return "unknown";
}

static void show_text(const uint8_t *chip)
{
	const char *state = state_name(get_le32(chip + STATE_OFFSET));

	printf("state   %s\n", state);
	printf("device  %s\n",
		get_fuse(chip, FUSE_BOOT_CFG0) & SEC_CONFIG_CLOSED ? "closed" : "open");
	if (get_le32(chip + FLAGS_OFFSET) & FLAG_BROKEN_FUSES)
		printf("fuses   broken\n");
	for (unsigned int i = 0; i < FUSES_SIZE; i += 4) {
		if (get_fuse(chip, i))
			printf("0x%03x   0x%08x\n", i, get_fuse(chip, i));
	}
}

static void show_json(const uint8_t *chip)
{
	const char *state = state_name(get_le32(chip + STATE_OFFSET));
	const char *comma = "";

	printf("{\"state\":\"%s\",\"closed\":%s,\"broken_fuses\":%s,\"fuses\":{",
		state,
		get_fuse(chip, FUSE_BOOT_CFG0) & SEC_CONFIG_CLOSED ? "true" : "false",
		get_le32(chip + FLAGS_OFFSET) & FLAG_BROKEN_FUSES ? "true" : "false");
	for (unsigned int i = 0; i < FUSES_SIZE; i += 4) {
		if (!get_fuse(chip, i))
			continue;
		printf("%s\"0x%03x\":\"0x%08x\"", comma, i, get_fuse(chip, i));
		comma = ",";
	}
	printf("}}\n");
}

int chip_show(const char *name, int json)
{
	uint8_t chip[CHIP_SIZE];
	FILE *file = fopen(name, "rbe");
	size_t length;

	if (!file)
		return chip_fail(name, strerror(errno));
	length = fread(chip, 1, sizeof(chip), file);
	fclose(file);
	if (length != sizeof(chip) || memcmp(chip, CHIP_MAGIC, MAGIC_SIZE))
		return chip_fail(name, "not a chip file");
	(json ? show_json : show_text)(chip);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
