// SPDX-License-Identifier: Apache-2.0
// The report of the last boot that was given up, as it lies on the disk; see explain.h.

#include <string.h>

#include "explain.h"
#include "report.h"
#include "report-json.h"

// NULL when there is nothing to read, and that has been said.
static struct json_object *read_kept_report(struct explain *e)
{
	uint8_t data[REPORT_SIZE];
	struct json_object *report = NULL;
	const char *wrong;
	int size;

	if (e->volume.fd < 0) {
		say(e, "there is no volume to read it from");
		return NULL;
	}
	size = fat_read(&e->volume.fat, KEPT_REPORT, data, sizeof(data));
	wrong = size < 0 ? strerror(-size) : report_read((const char *)data, (size_t)size, &report);
	if (wrong)
		say(e, KEPT_REPORT ": %s", wrong);
	else if (!report)
		say(e, KEPT_REPORT ": empty: no boot was given up since the disk was made");
	return report;
}

void explain_report(struct explain *e)
{
	const struct verdict good = { .file = e->file };

	begin_step(e, "report", "what the last boot that was given up has left");
	e->kept = read_kept_report(e);
	if (e->kept)
		say(e, "a boot that goes well later does not clear it; details and times are those of "
			"the first in a row that failed like this");
	if (e->kept && !e->json.data)
		report_print(e->kept);
	end_step(e, &good);
}

void explain_kept(struct explain *e)
{
	if (!e->json.data)
		return;
	text_add(&e->json, ",\"kept_report\":");
	text_add(&e->json, e->kept ?
		json_object_to_json_string_ext(e->kept, JSON_C_TO_STRING_PLAIN) : "null");
}

void explain_end(struct explain *e)
{
	boot_volume_close(&e->volume);
	json_object_put(e->kept);
}
