// SPDX-License-Identifier: Apache-2.0
// Fuzz target: command lines. Whatever the line: no word passes whose name is not listed, and
// none with a byte that the kernel could take for anything but itself.

#include <stdlib.h>

#include "../../src/cmdline.c"
#include "../../src/text.c"

static const char pass[] = "console a quiet";

static void check_word(const char *word, size_t length)
{
	static const char *const names[] = { "console", "a", "quiet" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t name = strlen(names[i]);

		if (length >= name && !memcmp(word, names[i], name) && (length == name || word[name] == '='))
			return;
	}
	abort();
}

static void check_out(const char *out)
{
	if (out[strspn(out, " ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._,:=/@+-")])
		abort();
	for (size_t n; *out; out += n + (out[n] == ' ')) {
		n = strcspn(out, " ");
		check_word(out, n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), out_data[CMDLINE_SIZE], dropped_data[256], value[16];
	struct text out = TEXT_IN(out_data), dropped = TEXT_IN(dropped_data);

	if (!line)
		abort();
	memcpy(line, data, size);
	line[size] = '\0';
	cmdline_filter(line, pass, &out, &dropped);
	if (!out.overflow)
		check_out(out.data);
	if (!cmdline_value(line, "root", value, sizeof(value)) && strlen(value) >= sizeof(value))
		abort();
	if (cmdline_has(line, "flasher") && !strstr(line, "flasher"))
		abort();
	free(line);
	return 0;
}
