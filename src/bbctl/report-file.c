// SPDX-License-Identifier: Apache-2.0
// Finds and reads a boot report; see report-file.h.

#include <stdlib.h>

#include "bbctl.h"
#include "report.h"
#include "report-file.h"

int report_load(const char *file, struct json_object **ret, uint8_t **ret_data, size_t *ret_size)
{
	size_t size;
	uint8_t *data = read_whole(file, REPORT_SIZE, &size);
	const char *wrong;

	if (!data)
		return STATUS_USAGE;
	wrong = report_read((const char *)data, size, ret);
	if (wrong || !ret_data)
		free(data);
	if (wrong) {
		fail_file(file, "no boot report: %s", wrong);
		return STATUS_REFUSED;
	}
	if (ret_data) {
		*ret_data = data;
		*ret_size = size;
	}
	return STATUS_GOOD;
}
