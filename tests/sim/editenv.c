// SPDX-License-Identifier: Apache-2.0
// What a story ended in, as grub-editenv lists it and as the product reads it.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "story.h"

#define STATES_MAX 1024
#define LIST_MAX (2 * FILE_SIZE_MAX)

static struct end_state {
	size_t size;
	uint8_t data[FILE_SIZE_MAX];
} states[STATES_MAX];
static unsigned int states_used;

void note_end_state(const uint8_t *data, size_t size)
{
	for (unsigned int i = 0; i < states_used; i++) {
		if (states[i].size == size && !memcmp(states[i].data, data, size))
			return;
	}
	if (states_used == STATES_MAX)
		return;
	states[states_used].size = size;
	memcpy(states[states_used++].data, data, size);
}

struct list {
	size_t used;
	char text[LIST_MAX];
};

static int add_line(void *context, const char *key, size_t key_length, const char *value, size_t value_length)
{
	struct list *list = context;

	list->used += (size_t)snprintf(list->text + list->used, LIST_MAX - list->used, "%.*s=%.*s\n",
		(int)key_length, key, (int)value_length, value);
	return 0;
}

// What grub-editenv says; false if it refuses the file.
static bool run_editenv(const struct end_state *state, char ret[static LIST_MAX])
{
	char name[] = "/tmp/sim-bootenv-XXXXXX", command[96];
	int fd = mkstemp(name);
	FILE *out, *file = fdopen(fd, "w");
	bool good;

	if (fd < 0 || !file || fwrite(state->data, 1, state->size, file) != state->size || fclose(file))
		abort();
	snprintf(command, sizeof(command), "grub-editenv %s list 2>/dev/null", name);
	out = popen(command, "r");
	if (!out)
		abort();
	ret[fread(ret, 1, LIST_MAX - 1, out)] = '\0';
	good = !pclose(out);
	unlink(name);
	return good;
}

unsigned long compare_with_editenv(unsigned int most)
{
	static char listed[LIST_MAX];
	static struct list list;
	unsigned int compared = 0;
	unsigned long different = 0;

	for (; compared < states_used && compared < most; compared++) {
		const struct end_state *state = &states[compared];
		struct bootenv env;
		bool block = !bootenv_parse(state->data, state->size, &env);
		bool good = run_editenv(state, listed);

		list = (struct list){ .used = 0 };
		bootenv_each(state->data, state->size, add_line, &list);
		different += good != block || (good && strcmp(listed, list.text) != 0);
	}
	printf("# grub-editenv: %u of %u different end states compared\n", compared, states_used);
	return different + !compared;
}
