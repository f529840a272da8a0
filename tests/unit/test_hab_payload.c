// SPDX-License-Identifier: Apache-2.0
// What is signed for HAB, and where it may be loaded to: the bounds, each from both sides.

#include "hab-payload.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "hab.h"
#include "mkhab.h"
#include "test.h"

#define MIB (1u << 20)
#define ANYWHERE 8u /* the flag of an Image */

static struct hab_payload payload;

static void put64(uint8_t *p, uint64_t value)
{
	put_le32(p, (uint32_t)value);
	put_le32(p + 4, (uint32_t)(value >> 32));
}

// An Image's header in front of zeros, for free().
static uint8_t *image(size_t size, uint64_t memory, uint64_t text_offset, uint64_t flags)
{
	uint8_t *data = calloc(1, size);

	if (!data)
		abort();
	put64(data + 8, text_offset);
	put64(data + 16, memory);
	put64(data + 24, flags);
	memcpy(data + 56, "ARM\x64", 4);
	return data;
}

static uint8_t *dtb(size_t size, uint32_t says)
{
	uint8_t *data = malloc(size);

	if (!data)
		abort();
	mkhab_dtb(data, size, "soc");
	mkhab_word(data + 4, says);
	return data;
}

static bool parses(uint8_t *data, size_t size)
{
	bool good = !hab_payload_parse(data, size, &payload);

	free(data);
	return good;
}

static void images(void)
{
	test_assert(parses(image(64, 64, 0, 0), 64) && payload.is_image);
	test_assert(!parses(image(64, 63, 0, 0), 64) && !parses(image(64, 0, 0, 0), 64));
	test_assert(parses(image(64, UINT64_MAX, 0x80000, 10), 64));
	test_assert(payload.text_offset == 0x80000);
	test_assert(!parses(image(64, 64, 0x80001, 0), 64));
	test_assert(!parses(image(64, 64, 2 * MIB, 0), 64));
	for (size_t size = 0; size < 64; size++) {
		uint8_t *cut = realloc(image(64, 64, 0, 0), size + 1);

		test_assert(cut && !parses(cut, size));
	}
}

static void device_trees(void)
{
	test_assert(parses(dtb(140, 140), 140) && !payload.is_image);
	test_assert(!parses(dtb(140, 141), 140) && !parses(dtb(141, 140), 141));
	uint8_t *longer = realloc(dtb(140, 140), 141); // good up to its end

	test_assert(longer && !parses(longer, 141));
	test_assert(!parses(dtb(140, 39), 140));
	test_assert(parses(dtb(2 * MIB, 2 * MIB), 2 * MIB));
	test_assert(!parses(dtb(2 * MIB + 1, 2 * MIB + 1), 2 * MIB + 1));
	for (size_t size = 0; size < 140; size++) {
		uint8_t *cut = realloc(dtb(140, (uint32_t)size), size + 1);

		test_assert(cut && !parses(cut, size));
	}
}

// An IVT at a multiple of 12288 that says so itself. Any other is a kernel's own bytes.
static void signed_already(void)
{
	for (size_t at = HAB_PAD - 4; at <= 2 * HAB_PAD; at += 4) {
		uint8_t *data = image(3 * HAB_PAD, 3 * HAB_PAD, 0, 0);

		hab_write_ivt(HAB_DRAM_START, (uint32_t)at + HAB_IVT_SIZE, data + at);
		test_assert(parses(data, 3 * HAB_PAD) == (at % HAB_PAD != 0));
	}
	for (size_t missing = 0; missing < 2; missing++) {
		size_t size = HAB_PAD + HAB_IVT_SIZE - missing;
		uint8_t *data = image(size, size, 0, 0);
		uint8_t ivt[HAB_IVT_SIZE];

		hab_write_ivt(HAB_DRAM_START, HAB_PAD + HAB_IVT_SIZE, ivt);
		memcpy(data + HAB_PAD, ivt, HAB_IVT_SIZE - missing);
		test_assert(parses(data, size) == (missing == 1));
	}
	uint8_t *elsewhere = image(2 * HAB_PAD, 2 * HAB_PAD, 0, 0);

	hab_write_ivt(HAB_DRAM_START, HAB_PAD + HAB_IVT_SIZE + 4, elsewhere + HAB_PAD);
	test_assert(parses(elsewhere, 2 * HAB_PAD));
}

static bool fits(uint32_t address)
{
	return !hab_payload_place(&payload, address);
}

static void places(void)
{
	const uint32_t end = HAB_PAD + HAB_IVT_SIZE + HAB_CSF_MAX; // of what is signed

	test_assert(parses(image(64, 64, 0, ANYWHERE), 64));
	test_assert(fits(HAB_DRAM_START) && fits(0x40480000) && fits(0x40481000));
	test_assert(!fits(HAB_DRAM_START - 4096) && !fits(0) && !fits(0x40480800));
	test_assert(!fits(0xfffff000));
	test_assert(parses(dtb(140, 140), 140));
	test_assert(fits(HAB_DRAM_START) && fits(0x43000008));
	test_assert(!fits(0x43000004) && !fits(0x3ffffff8));
	test_assert(fits(0u - end) && !fits(0u - end + 8));
	// Its zeros are longer than the file.
	test_assert(parses(image(64, 64, 0, 0), 64));
	test_assert(fits(0xffff0000 - 4096) && !fits(0xffffb000));
}

static void where_it_runs(void)
{
	test_assert(parses(image(64, 64, 0, ANYWHERE), 64));
	test_assert(hab_payload_runs_at(&payload, 0x40600000) == 0x40600000);
	test_assert(hab_payload_runs_at(&payload, 0x40480000) == 0x40600000);
	test_assert(hab_payload_runs_at(&payload, 0xffff0000) == UINT64_C(0x100000000));
	test_assert(!fits(0xffff0000));
	test_assert(parses(image(64, 64, 0x80000, ANYWHERE), 64));
	test_assert(hab_payload_runs_at(&payload, 0x40480000) == 0x40480000);
	test_assert(hab_payload_runs_at(&payload, 0x40400000) == 0x40480000);
	test_assert(parses(image(64, 64, 0x80000, 0), 64));
	test_assert(hab_payload_runs_at(&payload, 0x50000000) == 0x40080000);

	// Its memory ends with the last address, or one byte behind it.
	test_assert(parses(image(64, 0xc0000000 - 0x200000, 0, ANYWHERE), 64) && fits(0x40200000));
	test_assert(parses(image(64, 0xc0000000 - 0x1fffff, 0, ANYWHERE), 64) && !fits(0x40200000));
	test_assert(parses(image(64, 0xc0000000, 0, 0), 64) && fits(0x48000000));
	test_assert(parses(image(64, 0xc0000001, 0, 0), 64) && !fits(0x48000000));
	test_assert(parses(image(64, UINT64_MAX, 0, ANYWHERE), 64) && !fits(0x48000000));
}

int main(void)
{
	test_run(images);
	test_run(device_trees);
	test_run(signed_already);
	test_run(places);
	test_run(where_it_runs);
	return test_result();
}
