// SPDX-License-Identifier: Apache-2.0
// bbsign info: says what a file is, as the file claims; it verifies nothing.

#include <stdio.h>
#include <stdlib.h>

#include "info.h"
#include "json.h"
#include "kernel-file.h"
#include "sign.h"

const char info_help[] =
	"usage: bbsign info [--json] FILE\n"
	"\n"
	"Says what a file is: a kernel or device tree that is signed for the boot ROM (image vector\n"
	"table, commands, slot, certificates, digests), a kernel signed for the bootloader, a signed\n"
	"kernel module, an installer's root with its manifest or the manifest alone, a certificate, an SRK\n"
	"table, a fuse file. Of a packed file (.gz), what is inside.\n"
	"\n"
	"It verifies nothing: all of it is as the file claims. bbsign hab-verify, kernel --verify,\n"
	"module --verify and manifest --verify verify.\n"
	"\n"
	"Exit status: 0 it is one of these, 1 it is something else, 2 usage.\n"
	"\n"
	"Example:\n"
	"  bbsign info Image.gz\n";

/* In this order: what is signed is also what it was before, and any 32 bytes may be fuses. */
static bool (*const kinds[])(struct info *info, const uint8_t *data, size_t size) = { info_hab,
	info_module, info_kernel, info_device_tree, info_manifest, info_srk_table, info_private_key,
	info_certificate_file, info_fuses };

static bool tell(struct info *info, const struct kernel_file *file)
{
	if (file->data != file->file)
		info_number(info, "packed_size", file->file_size);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i](info, file->data, file->size))
			return true;
	return false;
}

static int look_at(const char *name, struct kernel_file *file, bool as_json)
{
	struct verdict verdict = { .file = name };
	struct info info = { .depth = 0 };
	bool known;

	kernel_file_unpack(file, &verdict);
	if (verdict.error)
		return refuse_file(name, "%s", verdict.detail);
	if (as_json)
		json_answer(&info.json, name);
	known = tell(&info, file);
	if (known && !as_json)
		puts("(as the file claims; nothing of it was verified)");
	if (as_json) {
		json_bool(&info.json, "known", known);
		json_bool(&info.json, "verified", false);
		json_close(&info.json, '}');
		puts(info.json.data);
		free(info.json.data);
	}
	if (fflush(stdout) || ferror(stdout))
		return fail_file("standard output", "cannot be written");
	return known ? STATUS_GOOD : refuse_file(name, "none of the files that bbsign knows");
}

int info_main(int argc, char **argv)
{
	bool as_json = false;
	const struct command_option options[] = { { "--json", &as_json, NULL }, { NULL, NULL, NULL } };
	int count = take_options(argc, argv, options), status;
	struct kernel_file file;

	if (count != 1)
		return count < 0 ? STATUS_USAGE : fail_usage(argv[0], "needs one file");
	if (!kernel_file_read(argv[1], &file))
		return STATUS_USAGE;
	status = look_at(argv[1], &file, as_json);
	kernel_file_close(&file);
	return status;
}
