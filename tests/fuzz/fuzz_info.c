// SPDX-License-Identifier: Apache-2.0
// Fuzz target: all that bbsign info makes of any bytes, as JSON, which must come out whole.

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "pki.h"

#define ANSWER_SIZE (512u << 10) /* as json_answer() has it */

static bool (*const kinds[])(struct info *info, const uint8_t *data, size_t size) = { info_hab,
	info_module, info_kernel, info_device_tree, info_manifest, info_srk_table, info_private_key,
	info_certificate_file, info_fuses };

/* The rest of sign/pki.c is about files, and is not linked. */
bool pki_has_purpose(const X509 *certificate, enum pki_role role)
{
	return certificate && role == PKI_INSTALLER;
}

bool pki_is_development(const X509 *certificate)
{
	return !certificate;
}

static void check_answer(const struct info *info)
{
	struct json_object *answer = json_tokener_parse(info->json.data);

	if (info->depth || info->json.overflow || !json_object_is_type(answer, json_type_object))
		abort();
	json_object_put(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buffer = malloc(ANSWER_SIZE);
	struct info info = { .depth = 0 };

	if (!buffer)
		abort();
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		info.json = text_in(buffer, ANSWER_SIZE);
		text_add_char(&info.json, '{');
		kinds[i](&info, data, size);
		text_add_char(&info.json, '}');
		check_answer(&info);
	}
	free(buffer);
	return 0;
}
