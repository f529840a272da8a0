// SPDX-License-Identifier: Apache-2.0
// bbctl blob: the check that stands before the key service, and what the header says.

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bbctl.h"
#include "blob.h"
#include "bytes.h"
#include "error.h"
#include "json.h"
#include "layout.h"

const char blob_help[] =
	"usage: bbctl blob FILE [--key-size N] [--key-source NAME] [--json]\n"
	"\n"
	"Checks a key blob as the bootloader does before it gives it to the key service: its exact\n"
	"length and, of NXP's tagged keys, every byte of its header. Only the chip that made a blob can tell if the rest of\n"
	"it is good. Says which layout of the volumes has such a key, and for which volumes.\n"
	"\n"
	"  --key-size N   bytes of the key as dm-crypt gets it: 48, 56 or 64 (tagged black keys), 32 or\n"
	"                 64 (caam-trusted), 64 or 84 (caam-pk). Without it: the number in the file's\n"
	"                 name (balena_N.enc), else 56\n"
	"  --key-source NAME  that of the bootloader's configuration: caam-tk (default), caam-trusted,\n"
	"                 caam-pk\n";

#define DEFAULT_KEY_SIZE 56

// The fields of the header, little-endian words (NXP's tag_object.h); an index gives the place.
static const char *const fields[] = { "magic", "version", "type", "key_length", "object_length" };
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static unsigned int key_size_of(const char *file)
{
	char *path = strdup(file);
	int size = path ? blob_name_size(basename(path)) : 0;

	free(path);
	return size > 0 ? (unsigned int)size : DEFAULT_KEY_SIZE;
}

static void print_header(const uint8_t *data, struct text *json)
{
	if (json->data)
		json_open(json, "header", '{');
	for (size_t i = 0; i < FIELDS; i++) {
		uint32_t value = get_le32(data + 4 * i);

		if (json->data)
			json_number(json, fields[i], value);
		else
			printf(i ? "%-14s %u\n" : "%-14s 0x%08x\n", fields[i], value);
	}
	if (json->data)
		json_close(json, '}');
}

// What a key of this size is for.
static void print_use(enum config_key_source source, unsigned int key_size, struct text *json)
{
	unsigned int key;
	const struct layout *layout = layout_of_key(source, key_size, &key);

	if (!layout)
		return;
	if (json->data) {
		json_number(json, "layout", layout->number);
		json_open(json, "volumes", '[');
	} else {
		printf("%-14s %u: key of", "layout", layout->number);
	}
	for (enum volume v = VOLUME_BOOT; v < VOLUME_COUNT; v++) {
		if (layout_key_of(layout, v) != key)
			continue;
		if (json->data)
			json_string(json, NULL, volume_name(v));
		else
			printf(" %s", volume_name(v));
	}
	if (json->data)
		json_close(json, ']');
	else
		putchar('\n');
}

static void judge(enum config_key_source source, const uint8_t *data, size_t size,
	unsigned int key_size, struct verdict *verdict)
{
	size_t expected = blob_file_size(source, key_size);
	int error = blob_check(source, data, size, key_size);

	if (error == BB_BLOB_LENGTH && !expected)
		refuse(verdict, error, "there is no blob for a key of %u bytes", key_size);
	else if (error == BB_BLOB_LENGTH)
		refuse(verdict, error, "%s%zu bytes, must be %zu for a key of %u bytes",
			size > BLOB_FILE_MAX ? "more than " : "",
			size > BLOB_FILE_MAX ? (size_t)BLOB_FILE_MAX : size, expected, key_size);
	else if (error)
		refuse(verdict, error, "not the header of a blob for a tagged key of %u bytes "
			"(AES-CCM black key)", key_size);
}

int blob_main(int argc, char **argv)
{
	bool as_json = false;
	const char *number = NULL, *source_name = "caam-tk";
	const struct command_option options[] = {
		{ "--json", &as_json, NULL }, { "--key-size", NULL, &number },
		{ "--key-source", NULL, &source_name }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), source;
	struct verdict verdict = { .file = argv[1] };
	struct text json = { .data = NULL };
	uint32_t key_size;
	uint8_t *data;
	size_t size;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	key_size = key_size_of(argv[1]);
	source = config_key_source(source_name);
	if (source < 0)
		return fail_usage(argv[0], "--key-source %s is none", source_name);
	if (number && text_parse_number(number, UINT8_MAX, &key_size))
		return fail_usage(argv[0], "--key-size %s is no key size", number);
	data = read_whole(argv[1], BLOB_FILE_MAX, &size);
	if (!data)
		return STATUS_USAGE;
	if (as_json) {
		json_answer(&json, argv[1]);
		json_number(&json, "size", size);
		json_number(&json, "key_size", key_size);
	}
	print_use(source, key_size, &json);
	if (source == KEY_SOURCE_CAAM_TK && size >= BLOB_TAG_SIZE)
		print_header(data, &json);
	judge(source, data, size, key_size, &verdict);
	free(data);
	return answer(&verdict, &json);
}
