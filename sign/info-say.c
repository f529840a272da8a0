// SPDX-License-Identifier: Apache-2.0
// How bbsign info tells what it found; see info.h.

#include <stdarg.h>
#include <stdio.h>

#include "describe.h"
#include "info.h"
#include "json.h"

#define LABEL_WIDTH 12

static const char *json_name(const struct info *info, const char *name)
{
	return info->depth && info->brackets[info->depth] == '[' ? NULL : name;
}

/* A name of JSON for a person: "fuse_words" is "fuse words". */
static void print_label(const struct info *info, const char *name, int width)
{
	char label[32];
	struct text t = TEXT_IN(label);

	text_add(&t, name);
	for (char *at = label; *at; at++) {
		if (*at == '_')
			*at = ' ';
	}
	printf("%*s%-*s", (int)(2 * info->depth), "", width, label);
}

static void say(struct info *info, const char *name, const char *value)
{
	if (info->json.data) {
		json_string(&info->json, json_name(info, name), value);
		return;
	}
	print_label(info, name, LABEL_WIDTH);
	printf(" %s\n", value);
}

void info_word(struct info *info, const char *name, const char *format, ...)
{
	char value[DESCRIBE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(value, sizeof(value), format, arguments);
	va_end(arguments);
	say(info, name, value);
}

void info_number(struct info *info, const char *name, uint64_t number)
{
	if (info->json.data)
		json_number(&info->json, json_name(info, name), number);
	else
		info_word(info, name, "%llu", (unsigned long long)number);
}

void info_address(struct info *info, const char *name, uint64_t address)
{
	if (info->json.data)
		json_number(&info->json, json_name(info, name), address);
	else
		info_word(info, name, "0x%08llx", (unsigned long long)address);
}

void info_time(struct info *info, const char *name, time_t time)
{
	char value[DESCRIBE_SIZE];
	struct text t = TEXT_IN(value);

	describe_time(&t, time);
	say(info, name, value);
}

void info_name(struct info *info, const char *name, const X509_NAME *x509)
{
	char value[DESCRIBE_SIZE];
	struct text t = TEXT_IN(value);

	describe_name(&t, x509);
	say(info, name, value);
}

void info_hex(struct info *info, const char *name, const uint8_t *data, size_t size)
{
	char value[DESCRIBE_SIZE];
	struct text t = TEXT_IN(value);

	text_add_hex(&t, data, size);
	say(info, name, value);
}

void info_open(struct info *info, const char *name, char bracket)
{
	if (info->json.data) {
		json_open(&info->json, json_name(info, name), bracket);
	} else {
		print_label(info, name, 0);
		putchar('\n');
	}
	info->brackets[++info->depth] = bracket;
}

void info_close(struct info *info)
{
	char bracket = info->brackets[info->depth--];

	if (info->json.data)
		json_close(&info->json, bracket == '[' ? ']' : '}');
}
