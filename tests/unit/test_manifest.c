// SPDX-License-Identifier: Apache-2.0
// Manifests of installers: text, sizes and what may follow a signature; and that what bbsign writes is read.

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "manifest-make.h"
#include "manifest.h"
#include "test.h"

#define HASH_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HASH_B "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"

static const char *const lines[] = {
	"format = 1", "device-type = board", "version = 7", "data-blocks = 300", "salt = " HASH_A,
	"root-hash = " HASH_B,
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

// A manifest of these lines, with line `at` replaced, or left out when the other is NULL.
static void make(size_t at, const char *other, uint8_t ret[static MANIFEST_SIZE])
{
	size_t used = 0;

	memset(ret, '\n', MANIFEST_TEXT_SIZE);
	memset(ret + MANIFEST_TEXT_SIZE, 0, MANIFEST_SIGNATURE_SIZE);
	for (size_t i = 0; i < LINES; i++) {
		const char *line = i == at ? other : lines[i];

		if (!line)
			continue;
		memcpy(ret + used, line, strlen(line));
		used += strlen(line) + 1;
	}
}

static int parse_with(size_t at, const char *other, struct manifest *ret, unsigned int *line)
{
	uint8_t *block = malloc(MANIFEST_SIZE);
	int error;

	if (!block)
		abort();
	make(at, other, block);
	error = manifest_parse(block, ret, line);
	free(block);
	return error;
}

static void manifest_good(void)
{
	struct manifest m;
	unsigned int line;

	test_assert(!parse_with(LINES, NULL, &m, &line));
	test_assert(!strcmp(m.device_type, "board") && m.version == 7 && m.data_blocks == 300);
	test_assert(m.salt[0] == 0 && m.salt[1] == 0x11 && m.salt[31] == 0xff);
	test_assert(m.root_hash[0] == 0xff && m.root_hash[31] == 0);
}

static void manifest_every_key_is_needed_once(void)
{
	for (size_t i = 0; i < LINES; i++) {
		struct manifest m, before;
		unsigned int line = 99;
		char twice[256];

		memset(&m, 0x5a, sizeof(m));
		before = m;
		test_case = lines[i];
		test_assert(parse_with(i, NULL, &m, &line) == BB_MANIFEST_BAD && line == 0);
		snprintf(twice, sizeof(twice), "%s\n%s", lines[i], lines[i]);
		test_assert(parse_with(i, twice, &m, &line) == BB_MANIFEST_BAD && line == i + 2);
		test_assert(!memcmp(&m, &before, sizeof(m)));
	}
}

static void manifest_bad_lines(void)
{
	static const struct {
		size_t at;
		const char *line;
	} cases[] = {
		{ 0, "format = 2" }, { 0, "format = 01" }, { 0, "format =" }, { 0, "kind = 1" },
		{ 1, "device-type =" }, { 1, "device-type = a b" }, { 1, "device-type = board " },
		{ 2, "version = -1" }, { 2, "version = 4294967296" }, { 2, "version = 0x7" },
		{ 3, "data-blocks = 0" }, { 3, "data-blocks = 1" }, { 3, "data-blocks = 4294967296" },
		{ 3, "data-blocks = 18446744073709551617" },
		{ 4, "salt =" }, { 4, "salt = " HASH_A "0" }, { 4, "salt = 0" HASH_A },
		{ 4, "salt = 0011223344556677 8899aabbccddeeff00112233445566778899aabbccddeef" },
		{ 4, "salt = 00112233445566778899AABBCCDDEEFF00112233445566778899aabbccddeeff" },
		{ 4, "salt = 0x112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" },
		{ 5, "root-hash = ffeeddccbbaa99887766554433221100ffeeddccbbaa9988776655443322110" },
		{ 5, "root-hash = " HASH_B " " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct manifest m;
		unsigned int line = 99;

		test_case = cases[i].line;
		test_assert(parse_with(cases[i].at, cases[i].line, &m, &line) == BB_MANIFEST_BAD);
		test_assert(line == cases[i].at + 1 || line == 0);
	}
}

// The text is all of its place: a NUL in it is no end.
static void manifest_text_is_whole(void)
{
	uint8_t block[MANIFEST_SIZE];
	struct manifest m;
	unsigned int line;

	for (size_t at = 0; at < MANIFEST_SIZE; at += 7) {
		make(LINES, NULL, block);
		block[at] = 0;
		test_assert(manifest_parse(block, &m, &line) ==
			(at < MANIFEST_TEXT_SIZE ? BB_MANIFEST_BAD : 0));
	}
	memset(block, '\n', sizeof(block));
	test_assert(manifest_parse(block, &m, &line) == BB_MANIFEST_BAD && line == 0);
}

static void manifest_tree_sizes(void)
{
	static const struct {
		uint32_t data;
		uint64_t tree;
	} cases[] = { { 2, 1 }, { 128, 1 }, { 129, 3 }, { 256, 3 }, { 16384, 129 }, { 16385, 132 },
		{ 2097152, 16513 }, { 2097153, 16517 }, { UINT32_MAX, 33818641 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_assert(manifest_tree_blocks(cases[i].data) == cases[i].tree);
}

static void manifest_fits_its_partition(void)
{
	struct manifest m = { .data_blocks = 300 };
	uint64_t whole = (300 + 4 + 1) * UINT64_C(4096);

	test_assert(!manifest_check_size(&m, whole) && !manifest_check_size(&m, whole + 1) &&
		!manifest_check_size(&m, UINT64_MAX));
	test_assert(manifest_check_size(&m, whole - 1) == BB_MANIFEST_BAD);
	test_assert(manifest_check_size(&m, whole - 4096) == BB_MANIFEST_BAD);
	test_assert(manifest_check_size(&m, 0) == BB_MANIFEST_BAD);
	m.data_blocks = UINT32_MAX;
	test_assert(manifest_check_size(&m, whole) == BB_MANIFEST_BAD);
	test_assert(!manifest_check_size(&m, (UINT32_MAX + UINT64_C(33818641) + 1) * 4096));
	test_assert(manifest_check_size(&m, (UINT32_MAX + UINT64_C(33818641)) * 4096) == BB_MANIFEST_BAD);
}

static void manifest_signature_is_alone(void)
{
	static const size_t sizes[] = { 256, 384, 511, 512 };
	uint8_t block[MANIFEST_SIZE];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make(LINES, NULL, block);
		memset(block + MANIFEST_TEXT_SIZE, 0xa5, sizes[i]);
		test_assert(!manifest_check_signature_size(block, sizes[i]));
		test_assert(manifest_check_signature_size(block, sizes[i] - 1) == BB_MANIFEST_REFUSED);
		if (sizes[i] == 512)
			continue;
		block[MANIFEST_SIZE - 1] = 1;
		test_assert(manifest_check_signature_size(block, sizes[i]) == BB_MANIFEST_REFUSED);
	}
	test_assert(manifest_check_signature_size(block, 0) == BB_MANIFEST_REFUSED);
	test_assert(manifest_check_signature_size(block, 513) == BB_MANIFEST_REFUSED);
	test_assert(manifest_check_signature_size(block, SIZE_MAX) == BB_MANIFEST_REFUSED);
}

// What bbsign writes, also with the longest values that there are.
static void manifest_written_is_read(void)
{
	struct manifest m = { .version = UINT32_MAX, .data_blocks = UINT32_MAX }, again;
	uint8_t block[MANIFEST_SIZE];
	unsigned int line;

	memset(m.device_type, 'x', sizeof(m.device_type) - 1);
	memset(m.salt, 0xff, sizeof(m.salt));
	memset(m.root_hash, 0x10, sizeof(m.root_hash));
	manifest_write(&m, block);
	test_assert(!manifest_parse(block, &again, &line) && !memcmp(&m, &again, sizeof(m)));
}

int main(void)
{
	test_run(manifest_good);
	test_run(manifest_every_key_is_needed_once);
	test_run(manifest_bad_lines);
	test_run(manifest_text_is_whole);
	test_run(manifest_tree_sizes);
	test_run(manifest_fits_its_partition);
	test_run(manifest_signature_is_alone);
	test_run(manifest_written_is_read);
	return test_result();
}
