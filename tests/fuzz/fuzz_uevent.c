// SPDX-License-Identifier: Apache-2.0
/*
 * Fuzz target: what sysfs says of a disk. The input is one uevent file for each partition, NULs between
 * them, put into a set of volumes as init does it. Beside it stands a second, slower reading.
 */

#include <stdio.h>
#include <stdlib.h>

#include "../../src/text.c"
#include "../../src/uevent.c"
#include "../../src/volume.c"

#define KEY "PARTNAME="
#define LABEL_SIZE 40

// The value, cut out of a copy as a string; NULL when there is none that counts.
static char *find_value(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 2), *value = NULL;

	if (!text)
		abort();
	text[0] = '\n';
	memcpy(text + 1, data, size);
	text[size + 1] = '\0';
	if (size && text[size] == '\n' && (value = strstr(text, "\n" KEY)) && !strstr(value + 1, "\n" KEY)) {
		value = strdup(value + strlen("\n" KEY));
		*strchr(value, '\n') = '\0';
	} else {
		value = NULL;
	}
	free(text);
	return value;
}

static void check_value(const uint8_t *data, size_t size, char label[static LABEL_SIZE])
{
	uint8_t *own = malloc(size + !size);
	char *expected = find_value(data, size);
	int error;

	if (!own)
		abort();
	memcpy(own, data, size);
	error = uevent_value(own, size, "PARTNAME", label, LABEL_SIZE);
	if (!error != (expected && strlen(expected) < LABEL_SIZE))
		abort();
	if (strcmp(label, error ? "" : expected))
		abort();
	free(own);
	free(expected);
}

// A whole set has each of its labels once, and no partition that was refused is in it.
static void check_set(const struct volume_set *set)
{
	enum volume fault;
	bool closed = !volume_set_check(set, true, &fault), open = !volume_set_check(set, false, &fault);

	if (closed && open)
		abort();
	for (enum volume v = VOLUME_IMX; v < VOLUME_COUNT; v++) {
		const char *label = set->at[v].label;

		if (label[0] && volume_from_label(label) != v)
			abort();
		if (!label[0] && (closed || (open && v != VOLUME_IMX)))
			abort();
	}
}

static void check_disk(const uint8_t *data, size_t size)
{
	static const char controller[] = "pci/0";
	static const char start[] = "../devices/pci/0/";
	const uint8_t *slash = memrchr(data, '/', size);
	bool expected = size > sizeof(start) - 1 && !memcmp(data, start, sizeof(start) - 1) &&
		slash + 1 < data + size && slash - data >= (long)sizeof(start) - 2 + 6 &&
		!memcmp(slash - 6, "/block", 6);

	if (uevent_is_disk(data, size, controller) != expected)
		abort();
}

static void check_number(const uint8_t *data, size_t size)
{
	uint64_t number;
	char text[24];

	if (uevent_number(data, size, &number))
		return;
	snprintf(text, sizeof(text), "%llu\n", (unsigned long long)number);
	if ((size != strlen(text) && size != strlen(text) - 1) || memcmp(data, text, size) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct volume_set set = { 0 };

	check_disk(data, size);
	check_number(data, size);
	while (size) {
		const uint8_t *end = memchr(data, '\0', size);
		size_t length = end ? (size_t)(end - data) : size;
		char label[LABEL_SIZE];

		check_value(data, length, label);
		volume_set_add(&set, label, "vda1");
		data += length + !!end;
		size -= length + !!end;
	}
	check_set(&set);
	return 0;
}
