// SPDX-License-Identifier: Apache-2.0
// What sysfs says: the one line of a key, the disk itself below its controller, numbers.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "uevent.h"

#define PARTITION "MAJOR=254\nMINOR=2\nDEVNAME=vda2\nDEVTYPE=partition\nDISKSEQ=1\nPARTN=2\n"

// In memory of exactly its size, so that a byte read behind it is seen.
static int value(const char *text, size_t size, char ret[static 16])
{
	uint8_t *copy = malloc(size + !size);
	int error;

	if (!copy)
		abort();
	memcpy(copy, text, size);
	memcpy(ret, "before", 7);
	error = uevent_value(copy, size, "PARTNAME", ret, 16);
	free(copy);
	return error;
}

static void uevent_values(void)
{
	static const struct {
		const char *text, *expected; /* NULL: as error says */
		int error;
	} cases[] = {
		{ PARTITION "PARTNAME=resin-boot\n", "resin-boot", 0 },
		{ "PARTNAME=resin-boot\n" PARTITION, "resin-boot", 0 },
		{ "PARTNAME=\n", "", 0 },
		{ "PARTNAME==a=b\n", "=a=b", 0 },
		{ "\n\nPARTNAME= a \n\n", " a ", 0 },
		{ "PARTNAME=123456789012345\n", "123456789012345", 0 },
		{ "PARTNAME=1234567890123456\n", NULL, -ENAMETOOLONG },
		{ "", NULL, -ENOENT },
		{ PARTITION, NULL, -ENOENT },
		{ "PARTNAME\n", NULL, -ENOENT },
		{ "PARTNAME\n=a\n", NULL, -ENOENT },
		{ "XPARTNAME=a\n", NULL, -ENOENT },
		{ " PARTNAME=a\n", NULL, -ENOENT },
		{ "PARTNAMES=a\n", NULL, -ENOENT },
		{ "partname=a\n", NULL, -ENOENT },
		{ "DEVNAME=x PARTNAME=a\n", NULL, -ENOENT },
		// Whichever of the two a newline in a name would make, neither counts.
		{ "PARTNAME=resin-data\nPARTNAME=balena-imx\n", NULL, -EEXIST },
		{ "PARTNAME=a\n" PARTITION "PARTNAME=a\n", NULL, -EEXIST },
		{ "PARTNAME=a", NULL, -EINVAL },
		{ "PARTNAME=a\nX", NULL, -EINVAL },
	};
	char ret[16];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_case = cases[i].text;
		test_assert(value(cases[i].text, strlen(cases[i].text), ret) == cases[i].error);
		test_assert(!strcmp(ret, cases[i].expected ? cases[i].expected : ""));
	}
}

static void uevent_nul(void)
{
	static const char text[] = "PARTNAME=resin-\0boot\n";
	char ret[16];

	test_assert(value(text, sizeof(text) - 1, ret) == -EINVAL && !ret[0]);
}

static void uevent_disks(void)
{
	static const char controller[] = "platform/30b60000.mmc";
	static const struct {
		const char *link;
		bool expected;
	} cases[] = {
		{ "../devices/platform/30b60000.mmc/mmc_host/mmc2/mmc2:0001/block/mmcblk2", true },
		{ "../devices/platform/30b60000.mmc/block/a", true },
		{ "../devices/platform/30b60000.mmc/mmc_host/mmc2/mmc2:0001/block/mmcblk2/mmcblk2boot0", false },
		{ "../devices/platform/30b60000.mmc/block/", false },
		{ "../devices/platform/30b60000.mmc/x/block/", false },
		{ "../devices/platform/30b60000.mmc/block", false },
		{ "../devices/platform/30b60000.mmc/xblock/a", false },
		{ "../devices/platform/30b60000.mmc/blocks/a", false },
		{ "../devices/platform/30b60000.mmc/a", false },
		{ "../devices/platform/30b60000.mmc/", false },
		{ "../devices/platform/30b60000.mmc", false },
		{ "../devices/platform/30b60000.mmc2/block/a", false },
		{ "../devices/platform/30b60000.mm/block/a", false },
		{ "../devices/platform/30b50000.mmc/block/a", false },
		{ "../devices/soc/platform/30b60000.mmc/block/a", false },
		{ "../devices/virtual/block/loop0", false },
		{ "/devices/platform/30b60000.mmc/block/a", false },
		{ "../devices/", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t size = strlen(cases[i].link);
		uint8_t *copy = malloc(size + !size);

		test_case = cases[i].link;
		test_assert(copy);
		memcpy(copy, cases[i].link, size);
		test_assert(uevent_is_disk(copy, size, controller) == cases[i].expected);
		free(copy);
	}
}

static void uevent_numbers(void)
{
	static const char *const wrong[] = { "", "\n", "\n\n", "1\n\n", " 1", "1 ", "+1", "-1", "0x10", "01",
		"00", "1a", "1\n2", "18446744073709551616", "18446744073709551620",
		"99999999999999999999", "123456789012345678901234567890" };
	uint64_t number = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		test_case = wrong[i];
		test_assert(uevent_number((const uint8_t *)wrong[i], strlen(wrong[i]), &number) == -EINVAL);
		test_assert(number == 7);
	}
	test_assert(uevent_number((const uint8_t *)"1\0", 2, &number) == -EINVAL);
	test_assert(!uevent_number((const uint8_t *)"0\n", 2, &number) && number == 0);
	test_assert(!uevent_number((const uint8_t *)"8192", 4, &number) && number == 8192);
	test_assert(!uevent_number((const uint8_t *)"18446744073709551615\n", 21, &number));
	test_assert(number == UINT64_MAX);
}

int main(void)
{
	test_run(uevent_values);
	test_run(uevent_nul);
	test_run(uevent_disks);
	test_run(uevent_numbers);
	return test_result();
}
