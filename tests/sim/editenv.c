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
	const char *end; // of the block
	size_t used;
	char text[LIST_MAX];
};

static int add_line(void *context, const char *key, size_t key_length, const char *value, size_t value_length)
{
	struct list *list = context;

	// GRUB does not list a last line without its end: torn off by a cut, it is as long as the block.
	if (value + value_length == list->end)
		return 0;
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

// What grub-editenv reads and the product refuses: a second header behind the first, or fewer than 1024 bytes.
static bool is_part(const struct end_state *state)
{
	static const char header[] = "# GRUB Environment Block\n";

	return state->size < BOOTENV_SIZE_MIN ||
		memmem(state->data + 1, state->size - 1, header, sizeof(header) - 1);
}

unsigned long compare_with_editenv(unsigned int most)
{
	static char listed[LIST_MAX];
	static struct list list;
	unsigned int compared = 0, parts = 0;
	unsigned long different = 0;

	for (; compared < states_used && compared < most; compared++) {
		const struct end_state *state = &states[compared];
		struct bootenv env;
		bool block = !bootenv_parse(state->data, state->size, &env);
		bool good = run_editenv(state, listed);

		list = (struct list){ .end = (const char *)state->data + state->size };
		bootenv_each(state->data, state->size, add_line, &list);
		if (good && !block && is_part(state)) {
			parts++;
			continue;
		}
		if (good == block && (!good || !strcmp(listed, list.text)))
			continue;
		if (!different++)
			printf("# grub-editenv %s %zu bytes:\n%s# here:\n%s", good ? "reads" : "refuses",
				state->size, listed, list.text);
	}
	printf("# grub-editenv: %u of %u different end states compared; it reads %u more, parts of one or of two "
		"files\n", compared, states_used, parts);
	return different + !compared;
}
