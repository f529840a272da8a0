// SPDX-License-Identifier: Apache-2.0
// The command line of mkdisk.
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "mkdisk.h"

static const char help[] =
	"usage: mkdisk [OPTION]... -o FILE\n"
	"Make the disk image of a closed or an open device.\n"
	"\n"
	"  -o FILE               the image; without it only --write-key and --write-blob are done\n"
	"  --root-a DIR, --root-b DIR, --boot DIR, --state DIR, --data DIR\n"
	"                        what goes into each volume; symbolic links stay as they are\n"
	"  --chip FILE           the chip that wraps the key\n"
	"  --open                an open device: no balena-imx, boot is FAT, nothing encrypted\n"
	"  --prefix WORD         resin (default) or balena\n"
	"  --bootenv FILE        boot environment instead of a fresh one; --no-bootenv for none\n"
	"  --layout NUMBER       how the volumes are encrypted: 1 (default), one key, or 2, data has "
	"its own\n"
	"  --key-source NAME     caam-tk (default), caam-trusted or caam-pk; the two have layout 2 only\n"
	"  --blob [NAME=]FILE    key blob instead of fresh ones, balena_56.enc if it has no NAME; may "
	"be\n"
	"                        repeated\n"
	"  --no-blob             no key blobs\n"
	"  --no-report           no room for a boot report\n"
	"  --imx-file NAME=FILE  a further file beside bootenv; may be repeated\n"
	"  --key FILE            the volumes' keys instead of fresh ones: layout 1, 24 bytes; layout "
	"2,\n"
	"                        32 bytes and 16 for data; caam-trusted 64 and 32, caam-pk 32 and 64\n"
	"  --write-key FILE      keep the keys\n"
	"  --write-blob FILE     keep the key as the chip wraps it; in layout 2 data's in FILE.data\n"
	"  --seed TEXT           derive all random numbers from TEXT: same input, same image\n"
	"  --partition SPEC      change the partitions; may be repeated\n"
	"  --json                print what was made\n"
	"  --help                this text\n"
	"\n"
	"SPEC is NAME=none, which leaves a partition out, or NAME:ATTRIBUTE[,ATTRIBUTE...]. NAME "
	"is one of\n"
	"imx, boot, rootA, rootB, state, data, or a new name: a further partition at the end.\n"
	"  label=TEXT            label of the partition and of the filesystem\n"
	"  fslabel=TEXT          label of the filesystem alone\n"
	"  size=NUMBER[K|M]      8M if the name is a new one\n"
	"  plain, encrypted      whatever the device is\n"
	"  fs=ext4|vfat|none     what it is made as; none is zeros\n"
	"  uuid=UUID, partuuid=UUID\n"
	"                        ids of the filesystem and of the partition\n"
	"  dir=DIR               what goes in\n"
	"  copy=NAME             the same label and filesystem as another partition\n"
	"  dirty=PATH            as after a power cut: that file's first block is in the journal "
	"only\n"
	"  key=FILE              encrypted with another key: 16, 24 or 32 bytes\n"
	"  edit=PROGRAM          changes the filesystem, a file that is its argument, before it "
	"goes in\n"
	"\n"
	"Exit status: 0 made, 1 failed, 2 wrong command line.\n";

enum {
	OPT_DIR,
	OPT_CHIP = 5,
	OPT_OPEN,
	OPT_PREFIX,
	OPT_LAYOUT,
	OPT_KEY_SOURCE,
	OPT_BOOTENV,
	OPT_NO_BOOTENV,
	OPT_BLOB,
	OPT_NO_BLOB,
	OPT_NO_REPORT,
	OPT_IMX_FILE,
	OPT_KEY,
	OPT_WRITE_KEY,
	OPT_WRITE_BLOB,
	OPT_SEED,
	OPT_PARTITION,
	OPT_JSON,
	OPT_HELP
};

static const struct option long_options[] = {
	{"root-a", required_argument, NULL, OPT_DIR},
	{"root-b", required_argument, NULL, OPT_DIR + 1},
	{"boot", required_argument, NULL, OPT_DIR + 2},
	{"state", required_argument, NULL, OPT_DIR + 3},
	{"data", required_argument, NULL, OPT_DIR + 4},
	{"chip", required_argument, NULL, OPT_CHIP},
	{"open", no_argument, NULL, OPT_OPEN},
	{"prefix", required_argument, NULL, OPT_PREFIX},
	{"layout", required_argument, NULL, OPT_LAYOUT},
	{"key-source", required_argument, NULL, OPT_KEY_SOURCE},
	{"bootenv", required_argument, NULL, OPT_BOOTENV},
	{"no-bootenv", no_argument, NULL, OPT_NO_BOOTENV},
	{"blob", required_argument, NULL, OPT_BLOB},
	{"no-blob", no_argument, NULL, OPT_NO_BLOB},
	{"no-report", no_argument, NULL, OPT_NO_REPORT},
	{"imx-file", required_argument, NULL, OPT_IMX_FILE},
	{"key", required_argument, NULL, OPT_KEY},
	{"write-key", required_argument, NULL, OPT_WRITE_KEY},
	{"write-blob", required_argument, NULL, OPT_WRITE_BLOB},
	{"seed", required_argument, NULL, OPT_SEED},
	{"partition", required_argument, NULL, OPT_PARTITION},
	{"json", no_argument, NULL, OPT_JSON},
	{"help", no_argument, NULL, OPT_HELP},
	{NULL, 0, NULL, 0},
};

void add_file(struct fat_files *files, const char *name, const char *path)
{
	size_t i = 0;

	while (i < files->count && strcmp(files->file[i].name, name))
		i++;
	if (i == FAT_FILES_MAX)
		die_usage("more than %d files on balena-imx", FAT_FILES_MAX);
	files->file[i].name = name;
	files->file[i].path = path;
	if (i == files->count)
		files->count++;
}

/* NAME=FILE; without NAME= the file gets the default name, where there is one. */
static void add_named(struct fat_files *files, char *argument, const char *default_name)
{
	char *equals = strchr(argument, '=');
	const char *slash = strchr(argument, '/');

	if (equals && equals != argument && equals[1] && (!slash || slash > equals)) {
		*equals = '\0';
		add_file(files, argument, equals + 1);
	} else if (default_name) {
		add_file(files, default_name, argument);
	} else {
		die_usage("'%s': must be NAME=FILE, and NAME without a slash", argument);
	}
}

static unsigned int parse_layout(const char *text)
{
	if (strcmp(text, "1") && strcmp(text, "2"))
		die_usage("layout '%s': must be 1 or 2", text);
	return *text == '1' ? 1 : 2;
}

static enum key_form parse_key_source(const char *text)
{
	static const char *const names[] = {
		[KEY_TAGGED] = "caam-tk", [KEY_TRUSTED] = "caam-trusted", [KEY_PROTECTED] = "caam-pk"};

	for (enum key_form form = KEY_TAGGED; form <= KEY_PROTECTED; form++)
		if (!strcmp(text, names[form]))
			return form;
	die_usage("key source '%s': must be caam-tk, caam-trusted or caam-pk", text);
}

static void take_option(struct options *opt, int which, char *argument)
{
	switch (which) {
	case OPT_CHIP: opt->chip = argument; break;
	case OPT_OPEN: opt->open = true; break;
	case OPT_PREFIX: opt->prefix = argument; break;
	case OPT_LAYOUT: opt->layout = parse_layout(argument); break;
	case OPT_KEY_SOURCE: opt->source = parse_key_source(argument); break;
	case OPT_BOOTENV: opt->bootenv = argument; break;
	case OPT_NO_BOOTENV: opt->no_bootenv = true; break;
	case OPT_BLOB: add_named(&opt->blobs, argument, "balena_56.enc"); break;
	case OPT_NO_BLOB: opt->no_blob = true; break;
	case OPT_NO_REPORT: opt->no_report = true; break;
	case OPT_IMX_FILE: add_named(&opt->extra, argument, NULL); break;
	case OPT_KEY: opt->key = argument; break;
	case OPT_WRITE_KEY: opt->write_key = argument; break;
	case OPT_WRITE_BLOB: opt->write_blob = argument; break;
	case OPT_SEED: opt->seed = argument; break;
	case OPT_JSON: opt->json = true; break;
	case OPT_PARTITION:
		if (opt->spec_count == PARTITIONS_MAX)
			die_usage("more than %d times --partition", PARTITIONS_MAX);
		opt->specs[opt->spec_count++] = argument;
		break;
	case OPT_HELP: fputs(help, stdout); exit(0);
	default: opt->dirs[which - OPT_DIR] = argument; break;
	}
}

void options_parse(struct options *opt, int argc, char **argv)
{
	int which;

	opt->prefix = "resin";
	opt->source = KEY_TAGGED;
	while ((which = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		if (which == '?')
			die_usage("wrong command line");
		if (which == 'o')
			opt->out = optarg;
		else
			take_option(opt, which, optarg);
	}
	if (!opt->layout)
		opt->layout = opt->source == KEY_TAGGED ? 1 : 2;
	if (opt->layout == 1 && opt->source != KEY_TAGGED)
		die_usage("layout 1 is of caam-tk only");
	if (optind != argc)
		die_usage("'%s': unexpected", argv[optind]);
	if (strcmp(opt->prefix, "resin") && strcmp(opt->prefix, "balena"))
		die_usage("prefix '%s': must be resin or balena", opt->prefix);
	if (!opt->out && !opt->write_key && !opt->write_blob)
		die_usage("nothing to do: -o FILE is missing");
}
