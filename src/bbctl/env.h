/* SPDX-License-Identifier: Apache-2.0 */
/* The boot state that bbctl env works on. */
#ifndef BB_ENV_H
#define BB_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct env_session {
	const char *file;
	bool force;
	uint8_t *data;
	size_t size;
	struct text json; // data is NULL without --json
};

/* Sets KEY=VALUE words and writes the file. Returns the exit status; what is wrong has been said. */
int env_set(struct env_session *s, int count, char **words);

#endif
