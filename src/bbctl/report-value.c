// SPDX-License-Identifier: Apache-2.0
// Values of a boot report, which may lack any of them or have something else in its place.

#include "report-json.h"

struct json_object *report_member(const struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, name, &value);
	return value;
}

const char *report_string(const struct json_object *object, const char *name)
{
	struct json_object *value = report_member(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

int64_t report_number(const struct json_object *object, const char *name)
{
	struct json_object *value = report_member(object, name);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;
}

bool report_true(const struct json_object *object, const char *name)
{
	return json_object_get_boolean(report_member(object, name));
}

size_t report_count(const struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}
