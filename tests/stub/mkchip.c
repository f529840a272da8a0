// SPDX-License-Identifier: Apache-2.0
/*
 * Makes the file that is the chip of a QEMU machine: master secret, security state and fuses, read
 * by the stub driver through ivshmem-plain. Shares no code with that driver or with mkdisk.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "mkchip.h"

#define EXIT_USAGE 2

const struct chip_state chip_states[CHIP_STATE_COUNT] = {
	{ "non-secure", 11 },
	{ "trusted", 13 },
	{ "secure", 15 },
};

struct options {
	const char *output, *show, *secret, *power_on;
	const struct chip_state *state;
	bool open, force, json;
};

static const char help[] =
	"Usage: mkchip -o FILE [OPTION]...\n"
	"       mkchip --show FILE [--json]\n"
	"       mkchip --power-on FILE\n"
	"Makes, or shows, the file that is the chip of a QEMU machine.\n"
	"\n"
	"  -o, --output FILE      the file to make; it must not exist\n"
	"      --force            replace it if it does\n"
	"      --secret HEX64     master secret, 32 bytes in hexadecimal; default: random\n"
	"      --state STATE      trusted, secure or non-secure;\n"
	"                         default: trusted when closed, non-secure when open\n"
	"      --closed           closed device (SEC_CONFIG blown): the default\n"
	"      --open             open device\n"
	"      --fuse OFFSET=VALUE  set a fuse word, in the order given\n"
	"      --broken-fuses     every access to the fuses fails with EIO\n"
	"      --show FILE        show a chip file\n"
	"      --json             ... as JSON\n"
	"      --power-on FILE    what a reset does, once the boot ROM was content: the security state\n"
	"                         becomes trusted if SEC_CONFIG is blown, non-secure if it is not\n"
	"      --help             show this\n"
	"\n"
	"Unless --fuse says otherwise the SRK hash is blown and locked.\n"
	"Exit status: 0 good, 1 failed, 2 usage.\n";

int chip_fail(const char *file, const char *why)
{
	fprintf(stderr, "mkchip: %s: %s\n", file, why);
	return EXIT_FAILURE;
}

static int usage(const char *what, const char *argument)
{
	fprintf(stderr, "mkchip: %s: %s\nTry --help.\n", what, argument);
	return EXIT_USAGE;
}

static const struct chip_state *find_state(const char *name)
{
	for (size_t i = 0; i < CHIP_STATE_COUNT; i++) {
		if (!strcmp(chip_states[i].name, name))
			return &chip_states[i];
	}
	return NULL;
}

/* What a reset leads to when the boot ROM was content. */
static const struct chip_state *usual_state(bool closed)
{
	return &chip_states[closed ? 1 : 0];
}

static bool parse_secret(const char *hex, uint8_t secret[static SECRET_SIZE])
{
	if (strlen(hex) != 2 * SECRET_SIZE ||
		strspn(hex, "0123456789abcdefABCDEF") != 2 * SECRET_SIZE)
		return false;
	for (size_t i = 0; i < SECRET_SIZE; i++)
		sscanf(hex + 2 * i, "%2hhx", &secret[i]);
	return true;
}

/* A number of C, ended by the character given. */
static bool parse_number(const char *text, char end, uint32_t *ret_number, const char **ret_rest)
{
	unsigned long number;
	char *rest;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	number = strtoul(text, &rest, 0);
	if (errno || *rest != end || number > UINT32_MAX)
		return false;
	*ret_number = (uint32_t)number;
	*ret_rest = rest;
	return true;
}

static bool parse_fuse(const char *text, uint8_t *chip)
{
	uint32_t offset, value;
	const char *rest;

	if (!parse_number(text, '=', &offset, &rest) || offset % 4 || offset >= FUSES_SIZE)
		return false;
	if (!parse_number(rest + 1, '\0', &value, &rest))
		return false;
	set_fuse(chip, offset, value);
	return true;
}

static void set_closed(uint8_t *chip, bool closed)
{
	uint32_t word = get_fuse(chip, FUSE_BOOT_CFG0) & ~SEC_CONFIG_CLOSED;

	set_fuse(chip, FUSE_BOOT_CFG0, closed ? word | SEC_CONFIG_CLOSED : word);
}

/* A hash that belongs to no key, and not to be taken for one. */
static void blow_srk_hash(uint8_t *chip)
{
	for (unsigned int i = 0; i < SRK_WORDS; i++)
		set_fuse(chip, FUSE_SRK + 4 * i, 0x5ec0de00u + i);
	set_fuse(chip, FUSE_LOCK, LOCK_SRK);
}

static int write_chip(const struct options *options, const uint8_t *chip)
{
	int fd;

	/* A new file, never new content: a running QEMU may have the old one mapped. */
	if (options->force && unlink(options->output) && errno != ENOENT)
		return chip_fail(options->output, strerror(errno));
	fd = open(options->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return chip_fail(options->output, strerror(errno));
	if (write(fd, chip, CHIP_SIZE) != CHIP_SIZE) {
		close(fd);
		return chip_fail(options->output, "cannot be written whole");
	}
	return close(fd) ? chip_fail(options->output, strerror(errno)) : EXIT_SUCCESS;
}

static int make(const struct options *options, uint8_t *chip)
{
	const struct chip_state *state = options->state;
	uint8_t *secret = chip + SECRET_OFFSET;

	if (!state)
		state = usual_state(!options->open);
	memcpy(chip, CHIP_MAGIC, MAGIC_SIZE);
	put_le32(chip + STATE_OFFSET, state->number);
	if (!options->secret) {
		if (getrandom(secret, SECRET_SIZE, 0) != SECRET_SIZE)
			return chip_fail(options->output, "no random numbers");
	} else if (!parse_secret(options->secret, secret)) {
		return usage("not 64 hexadecimal digits", options->secret);
	}
	return write_chip(options, chip);
}

/* In the file itself, and only those four bytes of it. */
static int power_on(const char *name)
{
	uint8_t chip[CHIP_SIZE];
	int fd = open(name, O_RDWR | O_CLOEXEC), status = EXIT_SUCCESS;

	if (fd < 0)
		return chip_fail(name, strerror(errno));
	if (read(fd, chip, sizeof(chip)) != CHIP_SIZE || memcmp(chip, CHIP_MAGIC, MAGIC_SIZE)) {
		status = chip_fail(name, "not a chip file");
	} else {
		bool closed = get_fuse(chip, FUSE_BOOT_CFG0) & SEC_CONFIG_CLOSED;

		put_le32(chip + STATE_OFFSET, usual_state(closed)->number);
		if (pwrite(fd, chip + STATE_OFFSET, 4, STATE_OFFSET) != 4)
			status = chip_fail(name, "cannot be written");
	}
	close(fd);
	return status;
}

enum { OPT_FORCE = 256, OPT_SECRET, OPT_STATE, OPT_CLOSED, OPT_OPEN, OPT_FUSE, OPT_BROKEN, OPT_SHOW,
	OPT_JSON, OPT_POWER_ON, OPT_HELP };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "secret", required_argument, NULL, OPT_SECRET },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "closed", no_argument, NULL, OPT_CLOSED },
	{ "open", no_argument, NULL, OPT_OPEN },
	{ "fuse", required_argument, NULL, OPT_FUSE },
	{ "broken-fuses", no_argument, NULL, OPT_BROKEN },
	{ "show", required_argument, NULL, OPT_SHOW },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "power-on", required_argument, NULL, OPT_POWER_ON },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 }
};

int main(int argc, char **argv)
{
	struct options options = { 0 };
	uint8_t chip[CHIP_SIZE] = { 0 };
	int option;

	blow_srk_hash(chip);
	set_closed(chip, true);
	while ((option = getopt_long(argc, argv, "o:", long_options, NULL)) != -1) {
		switch (option) {
		case 'o': options.output = optarg; break;
		case OPT_FORCE: options.force = true; break;
		case OPT_SECRET: options.secret = optarg; break;
		case OPT_STATE:
			options.state = find_state(optarg);
			if (!options.state)
				return usage("no such state", optarg);
			break;
		case OPT_CLOSED:
		case OPT_OPEN:
			options.open = option == OPT_OPEN;
			set_closed(chip, !options.open);
			break;
		case OPT_FUSE:
			if (!parse_fuse(optarg, chip))
				return usage("not OFFSET=VALUE of a fuse word", optarg);
			break;
		case OPT_BROKEN: put_le32(chip + FLAGS_OFFSET, FLAG_BROKEN_FUSES); break;
		case OPT_SHOW: options.show = optarg; break;
		case OPT_JSON: options.json = true; break;
		case OPT_POWER_ON: options.power_on = optarg; break;
		case OPT_HELP: return fputs(help, stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
		default: fputs("Try --help.\n", stderr); return EXIT_USAGE;
		}
	}
	if (optind < argc)
		return usage("unexpected", argv[optind]);
	if (!!options.output + !!options.show + !!options.power_on != 1)
		return usage("give one of", "-o FILE, --show FILE, --power-on FILE");
	if (options.power_on)
		return power_on(options.power_on);
	return options.show ? chip_show(options.show, options.json) : make(&options, chip);
}
