// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what a signing service answers. What is taken from it can be said again.

#include <stdlib.h>
#include <string.h>

#include "../../sign/service-json.c"

#define MAX 1000

static void say_again(const uint8_t *bytes, size_t size)
{
	const struct service_member members[] = { { "signed", NULL, bytes, size }, { NULL, NULL, NULL, 0 } };
	size_t length, again_size;
	char *json = service_request(members, &length);
	uint8_t *again;

	if (!json || strlen(json) != length || length > service_answer_max(MAX) ||
			service_answer(json, length, "signed", MAX, &again, &again_size) ||
			again_size != size || memcmp(again, bytes, size))
		abort();
	free(json);
	free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[SERVICE_ERROR_SIZE];
	uint8_t *bytes;
	size_t taken;

	service_error((const char *)data, size, error);
	for (const char *c = error; *c; c++) {
		if (*c < ' ' || *c > '~')
			abort();
	}
	if (service_answer((const char *)data, size, "signed", MAX, &bytes, &taken))
		return 0;
	if (!taken || taken > MAX)
		abort();
	say_again(bytes, taken);
	free(bytes);
	return 0;
}
