// SPDX-License-Identifier: Apache-2.0
// What the attacks share; see hab-attack.h.

#include "hab-attack.h"

struct mkhab_command *attack_command(struct attempt *a, size_t number)
{
	return &a->m.commands[number];
}

uint8_t *attack_image_command(struct attempt *a)
{
	return attack_command(a, MKHAB_AUTHENTICATE_IMAGE)->bytes;
}
