// SPDX-License-Identifier: Apache-2.0
// Which board this is, and what its first stage says.

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "bbctl/selftest.h"
#include "system.h"

#define DEVICE_TREE "/proc/device-tree/"

// The strings of a list, with commas in between.
static void say_strings(struct text *says, const char *strings, size_t size)
{
	for (size_t at = 0; at < size; at += strnlen(strings + at, size - at) + 1)
		selftest_say(says, "%s%.*s", at ? ", " : "", (int)(size - at), strings + at);
}

enum selftest_status check_board(struct selftest *s, struct text *says)
{
	char compatible[512], model[128] = "";
	int size = read_file(AT_FDCWD, DEVICE_TREE "compatible", compatible, sizeof(compatible));
	bool same;

	if (size < 0) {
		selftest_say(says, DEVICE_TREE "compatible: %s", strerror(-size));
		return SELFTEST_FAILED;
	}
	read_line(AT_FDCWD, DEVICE_TREE "model", model, sizeof(model));
	s->imx8m = selftest_is_imx8m(compatible, (size_t)size);
	same = selftest_is_board(compatible, (size_t)size, s->config.device_type);
	selftest_say(says, "%s (", model[0] ? model : "no model");
	say_strings(says, compatible, (size_t)size);
	selftest_say(says, "); device-type is %s", s->config.device_type);
	return same ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_words(struct selftest *s, struct text *says)
{
	int size = read_file(AT_FDCWD, DEVICE_TREE "chosen/bootargs", s->words, sizeof(s->words) - 1);

	if (size == -ENOENT) {
		selftest_say(says, "the first stage says nothing");
		return SELFTEST_ABSENT;
	}
	if (size < 0) {
		selftest_say(says, "bootargs: %s", strerror(-size));
		return SELFTEST_FAILED;
	}
	s->words[size] = '\0';
	selftest_say(says, "%s", s->words);
	if (cmdline_has(s->words, "balena_stage2"))
		return SELFTEST_OK;
	selftest_say(says, "; balena_stage2 is not among them");
	return SELFTEST_DIFFERS;
}

enum selftest_status check_hab(struct selftest *s, struct text *says)
{
	char value[32];
	int error = cmdline_value(s->words, "hab_status", value, sizeof(value));

	if (error == -ENOENT) {
		selftest_say(says, "the first stage does not say hab_status=");
		return SELFTEST_ABSENT;
	}
	selftest_say(says, "hab_status=%s", error ? "longer than any value" : value);
	return !error && !strcmp(value, "0") ? SELFTEST_OK : SELFTEST_DIFFERS;
}

enum selftest_status check_soc(struct selftest *s, struct text *says)
{
	char id[64];
	int error = read_line(AT_FDCWD, "/sys/devices/soc0/soc_id", id, sizeof(id));

	if (error) {
		selftest_say(says, "soc_id: %s", strerror(-error));
		return error == -ENOENT ? SELFTEST_ABSENT : SELFTEST_FAILED;
	}
	s->soc = selftest_soc(id);
	selftest_say(says, "%s%s", id, s->soc ? "" : ", whose fuses are not known here");
	return s->soc ? SELFTEST_OK : SELFTEST_DIFFERS;
}
