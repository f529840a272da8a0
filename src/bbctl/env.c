// SPDX-License-Identifier: Apache-2.0
// bbctl env: the boot state, its values as they stand and as init takes them.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "bootenv.h"
#include "env.h"
#include "json.h"

const char env_help[] =
	"usage: bbctl env list FILE [--json]\n"
	"       bbctl env get FILE KEY [--json]\n"
	"       bbctl env set FILE KEY=VALUE... [--force] [--json]\n"
	"\n"
	"The boot state (bootenv), a GRUB environment block of 1024 to 4096 bytes.\n"
	"\n"
	"  list      every value as it stands, what init makes of it, and what is in force then\n"
	"  get       one value, without the block's escapes\n"
	"  set       changes values; the file is replaced in one step. An empty value unsets its key\n"
	"  --force   sets keys that nobody is known to read, and values that init discards\n";

static int not_a_block(const struct env_session *s)
{
	fail_file(s->file, "no environment block of %d to %d bytes: init would take its copy, "
		"bootenv.copy", BOOTENV_SIZE_MIN, BOOTENV_SIZE_MAX);
	return STATUS_REFUSED;
}

// How often a key stands in the block, and its first value.
struct search {
	const char *key;
	unsigned int seen;
	const char *value;
	size_t length;
};

static int search_key(void *context, const char *key, size_t key_length,
	const char *value, size_t value_length)
{
	struct search *search = context;

	if (strlen(search->key) != key_length || memcmp(search->key, key, key_length))
		return 0;
	if (!search->seen++) {
		search->value = value;
		search->length = value_length;
	}
	return 0;
}

static struct search find_key(const struct env_session *s, const char *key)
{
	struct search search = { .key = key };

	bootenv_each(s->data, s->size, search_key, &search);
	return search;
}

// What init makes of a line: a word.
static const char *verdict_on(const struct env_session *s, const char *key, size_t key_length,
	const char *value, size_t value_length)
{
	int judged = bootenv_judge(key, key_length, value, value_length);
	char name[64] = "";

	if (judged == -ENOENT)
		return "ignored";
	memcpy(name, key, key_length < sizeof(name) ? key_length : sizeof(name) - 1);
	if (find_key(s, name).seen > 1)
		return "discarded: given more than once";
	return judged ? "discarded: bad value" : "used";
}

static void json_bytes(struct text *json, const char *name, const char *bytes, size_t length)
{
	char string[BOOTENV_SIZE_MAX + 1];

	for (size_t i = 0; i < length; i++)
		string[i] = bytes[i] ? bytes[i] : '?';
	string[length] = '\0';
	json_string(json, name, string);
}

static int list_line(void *context, const char *key, size_t key_length,
	const char *value, size_t value_length)
{
	struct env_session *s = context;
	const char *verdict = verdict_on(s, key, key_length, value, value_length);

	if (s->json.data) {
		json_open(&s->json, NULL, '{');
		json_bytes(&s->json, "key", key, key_length);
		json_bytes(&s->json, "value", value, value_length);
		json_string(&s->json, "init", verdict);
		json_close(&s->json, '}');
		return 0;
	}
	print_plain(key, key_length);
	putchar('=');
	print_plain(value, value_length);
	if (strcmp(verdict, "used"))
		printf("\t# %s", verdict);
	putchar('\n');
	return 0;
}

static void json_state(struct text *json, const struct bootenv *env)
{
	char root[] = { slot_letter(env->root), '\0' };

	json_open(json, "state", '{');
	json_string(json, "root", root);
	json_bool(json, "upgrade_available", env->upgrade_available);
	json_number(json, "bootcount", env->bootcount);
	json_string(json, "override", env->override_abi[0] ? env->override_abi : NULL);
	json_string(json, "committed_A", env->committed_abi[0][0] ? env->committed_abi[0] : NULL);
	json_string(json, "committed_B", env->committed_abi[1][0] ? env->committed_abi[1] : NULL);
	json_number(json, "discarded", env->discarded);
	json_close(json, '}');
}

static void print_state(const struct bootenv *env)
{
	printf("\nin force: root %c, %s", slot_letter(env->root),
		env->upgrade_available ? "update on trial" : "no update on trial");
	if (env->upgrade_available)
		printf(", %u attempts made", env->bootcount);
	if (env->override_abi[0])
		printf(", kernel override %s", env->override_abi);
	putchar('\n');
}

static int env_list(struct env_session *s, int count, char **words)
{
	struct bootenv env;

	(void)words;
	if (count)
		return fail_usage("env", "list takes one file");
	if (bootenv_parse(s->data, s->size, &env))
		return not_a_block(s);
	if (s->json.data) {
		json_number(&s->json, "size", s->size);
		json_open(&s->json, "values", '[');
	}
	bootenv_each(s->data, s->size, list_line, s);
	if (s->json.data) {
		json_close(&s->json, ']');
		json_state(&s->json, &env);
	} else {
		print_state(&env);
	}
	return STATUS_GOOD;
}

// Undoes the escapes, in place; returns the new length.
static size_t unescape(char *value, size_t length)
{
	size_t to = 0;

	for (size_t from = 0; from < length; from++) {
		if (value[from] == '\\' && from + 1 < length)
			from++;
		value[to++] = value[from];
	}
	return to;
}

static int env_get(struct env_session *s, int count, char **words)
{
	struct search search;
	char value[BOOTENV_SIZE_MAX];
	size_t length;

	if (count != 1)
		return fail_usage("env", "get takes a file and one key");
	search = find_key(s, words[0]);
	if (search.seen != 1) {
		fail_file(s->file, search.seen ? "%s stands there %u times: init discards it" :
			"%s is not set", words[0], search.seen);
		return STATUS_REFUSED;
	}
	memcpy(value, search.value, search.length);
	length = unescape(value, search.length);
	if (s->json.data)
		json_bytes(&s->json, "value", value, length);
	else
		printf("%.*s\n", (int)length, value);
	return STATUS_GOOD;
}

static const struct verb {
	const char *name;
	int (*run)(struct env_session *s, int count, char **words);
} verbs[] = { { "list", env_list }, { "get", env_get }, { "set", env_set } };

static int run_verb(const struct verb *verb, struct env_session *s, int count, char **words)
{
	struct verdict verdict = { .file = s->file };
	struct bootenv env;
	int error;

	s->data = read_whole(s->file, BOOTENV_SIZE_MAX, &s->size);
	if (!s->data)
		return STATUS_USAGE;
	error = bootenv_parse(s->data, s->size, &env) ? not_a_block(s) :
		verb->run(s, count, words);
	free(s->data);
	return error ? error : answer(&verdict, &s->json);
}

int env_main(int argc, char **argv)
{
	struct env_session s = { .force = false };
	bool as_json = false;
	const struct command_option options[] = {
		{ "--json", &as_json, NULL }, { "--force", &s.force, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options);

	if (count < 2)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs a verb and a file");
	s.file = argv[2];
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, argv[1]))
			continue;
		if (as_json)
			json_answer(&s.json, s.file);
		return run_verb(&verbs[i], &s, count - 2, argv + 3);
	}
	return fail_usage(argv[0], "no verb %s: list, get or set", argv[1]);
}
