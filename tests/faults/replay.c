// SPDX-License-Identifier: Apache-2.0
/*
 * What a power cut can leave on a disk. A boot's writes and flushes were recorded by QEMU's
 * blklogwrites, in the format of the kernel's dm-log-writes (drivers/md/dm-log-writes.c,
 * Documentation/admin-guide/device-mapper/log-writes.rst), with sectors of 512 bytes. A flush makes
 * durable what came before it; of the writes since, a disk may have kept any, and of a write of
 * several sectors a part. A range of sectors is of interest, a volume without a journal: only there
 * a write is torn at any sector, elsewhere between blocks of 4 KiB. (ext4 helps itself after
 * everything but a torn superblock, which is e2fsck's work.)
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"

#define SECTOR 512
#define BLOCK 8 // sectors
#define LOG_MAGIC 0x6a736677736872ULL
#define LOG_FLUSH 1U
#define LOG_FUA 2U
#define LOG_DISCARD 4U
#define LOG_MARK 8U

// Random choices that are tried at each write, beside the three that are always tried.
#define CHOICES 3

struct entry {
	uint64_t sector, count, flags;
	const uint8_t *data; // NULL: writes nothing
};

// The sectors that the log writes, in their order: what they held before, and what they hold now.
struct sectors {
	size_t count;
	uint64_t *number;
	uint8_t *before, *now;
};

// The first so many entries have reached the disk's cache; this is what of them is kept.
struct cut {
	size_t entries;
	enum { KEEP_ALL, KEEP_NONE, KEEP_LAST, KEEP_SOME } keep; // since the last flush
	unsigned long seed;
};

struct range {
	uint64_t first, count;
};

struct state {
	struct cut cut;
	bool first_of_range; // no state before it looked the same in the range
	uint64_t order;
	uint8_t whole[SHA256_DIGEST_LENGTH], range[SHA256_DIGEST_LENGTH];
};

static const uint8_t *log_data;
static struct entry *entries;
static size_t entry_count;
static struct sectors touched;
static struct range range;

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("replay: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(1);
}

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		die("out of memory");
	return memory;
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		die("%s: %s", path, strerror(errno));
	return fd;
}

static uint8_t *read_whole(const char *path, size_t *ret_size)
{
	int fd = open_or_die(path, O_RDONLY);
	struct stat status;
	size_t used = 0;
	uint8_t *data;

	if (fstat(fd, &status))
		die("%s: %s", path, strerror(errno));
	data = allocate((size_t)status.st_size, 1);
	while (used < (size_t)status.st_size) {
		ssize_t n = read(fd, data + used, (size_t)status.st_size - used);

		if (n <= 0)
			die("%s: cannot be read", path);
		used += (size_t)n;
	}
	close(fd);
	*ret_size = used;
	return data;
}

// --- the log

/*
 * The superblock: magic, version, number of entries, 8 bytes each; the size of a sector, 4. An
 * entry begins on a sector: first sector, number of sectors, flags, length of a mark; its data
 * begin on the next one.
 */
static void read_log(const char *path)
{
	size_t size, at = SECTOR;
	uint64_t wanted;

	log_data = read_whole(path, &size);
	if (!size) // the superblock comes with the first entry
		return;
	if (size < SECTOR || get_le64(log_data) != LOG_MAGIC || get_le32(log_data + 24) != SECTOR)
		die("%s: no log with sectors of %d bytes", path, SECTOR);
	wanted = get_le64(log_data + 16);
	if (wanted > size / SECTOR)
		die("%s: more entries than sectors", path);
	entries = allocate(wanted, sizeof(*entries));
	for (; entry_count < wanted; entry_count++) {
		struct entry *entry = &entries[entry_count];

		if (size - at < SECTOR)
			die("%s: ends in entry %zu", path, entry_count);
		entry->sector = get_le64(log_data + at);
		entry->count = get_le64(log_data + at + 8);
		entry->flags = get_le64(log_data + at + 16);
		at += SECTOR;
		if (entry->flags & (LOG_DISCARD | LOG_MARK) || !entry->count)
			continue;
		if (entry->count > (size - at) / SECTOR)
			die("%s: ends in the data of entry %zu", path, entry_count);
		entry->data = log_data + at;
		at += (size_t)entry->count * SECTOR;
	}
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

// The numbers of all sectors that are written, each once.
static void collect_numbers(void)
{
	size_t total = 0, used = 0, unique = 0;
	uint64_t *number;

	for (size_t i = 0; i < entry_count; i++)
		total += entries[i].data ? (size_t)entries[i].count : 0;
	number = allocate(total, sizeof(*number));
	for (size_t i = 0; i < entry_count; i++)
		for (uint64_t k = 0; entries[i].data && k < entries[i].count; k++)
			number[used++] = entries[i].sector + k;
	qsort(number, used, sizeof(*number), by_number);
	for (size_t i = 0; i < used; i++)
		if (!i || number[i] != number[i - 1])
			number[unique++] = number[i];
	touched.number = number;
	touched.count = unique;
}

static void read_base(const char *path)
{
	int fd = open_or_die(path, O_RDONLY);

	touched.before = allocate(touched.count, SECTOR);
	touched.now = allocate(touched.count, SECTOR);
	for (size_t i = 0; i < touched.count; i++)
		if (pread(fd, touched.before + i * SECTOR, SECTOR,
			    (off_t)touched.number[i] * SECTOR) != SECTOR)
			die("%s: no sector %" PRIu64, path, touched.number[i]);
	close(fd);
}

// --- a cut

// A generator of its own, so that a seed means the same everywhere (Knuth's MMIX constants).
static uint64_t next_random(uint64_t *generator)
{
	*generator = *generator * 6364136223846793005ULL + 1442695040888963407ULL;
	return *generator >> 33;
}

static void write_sectors(const struct entry *entry, uint64_t from, uint64_t to)
{
	const uint64_t *at = bsearch(&entry->sector, touched.number, touched.count,
		sizeof(*touched.number), by_number);
	size_t first = (size_t)(at - touched.number);

	for (uint64_t k = from; k < to; k++)
		memcpy(touched.now + (first + (size_t)k) * SECTOR, entry->data + k * SECTOR,
			SECTOR);
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

// One third each: kept, lost, kept up to or from somewhere in it.
static void write_some(const struct entry *entry, uint64_t *generator)
{
	uint64_t choice = next_random(generator) % 3;
	uint64_t border = next_random(generator) % (entry->count + 1);

	if (entry->sector - range.first >= range.count)
		border -= min((entry->sector + border) % BLOCK, border);

	if (choice == 0)
		write_sectors(entry, 0, entry->count);
	else if (choice == 1 && next_random(generator) % 2)
		write_sectors(entry, 0, border);
	else if (choice == 1)
		write_sectors(entry, border, entry->count);
}

static void replay(const struct cut *cut)
{
	uint64_t generator = cut->seed;
	size_t durable = cut->entries;

	while (durable && !(entries[durable - 1].flags & LOG_FLUSH))
		durable--;
	memcpy(touched.now, touched.before, touched.count * SECTOR);
	for (size_t i = 0; i < cut->entries; i++) {
		const struct entry *entry = &entries[i];

		if (!entry->data)
			continue;
		if (i < durable || entry->flags & LOG_FUA || cut->keep == KEEP_ALL ||
		    (cut->keep == KEEP_LAST && i + 1 == cut->entries))
			write_sectors(entry, 0, entry->count);
		else if (cut->keep == KEEP_SOME)
			write_some(entry, &generator);
	}
}

// --- the distinct states

static void digest_range(uint8_t ret[static SHA256_DIGEST_LENGTH])
{
	size_t from = 0, to;

	while (from < touched.count && touched.number[from] < range.first)
		from++;
	for (to = from; to < touched.count && touched.number[to] - range.first < range.count; to++)
		;
	SHA256(touched.now + from * SECTOR, (to - from) * SECTOR, ret);
}

struct states {
	struct state *state;
	size_t count;
	size_t mark;
	uint64_t generator;
};

static void add_state(struct states *states, struct cut cut)
{
	struct state new = { .cut = cut, .first_of_range = true };
	bool marked = cut.entries >= states->mark;

	replay(&cut);
	SHA256(touched.now, touched.count * SECTOR, new.whole);
	digest_range(new.range);
	for (size_t i = 0; i < states->count; i++) {
		const struct state *old = &states->state[i];

		if (marked != (old->cut.entries >= states->mark))
			continue;
		if (!memcmp(old->whole, new.whole, sizeof(new.whole)))
			return;
		if (!memcmp(old->range, new.range, sizeof(new.range)))
			new.first_of_range = false;
	}
	new.order = next_random(&states->generator);
	states->state[states->count++] = new;
}

static int by_order(const void *a, const void *b)
{
	const struct state *x = a, *y = b;

	if (x->first_of_range != y->first_of_range)
		return y->first_of_range - x->first_of_range;
	return (x->order > y->order) - (x->order < y->order);
}

static void print_cut(const struct cut *cut)
{
	static const char *const name[] = { "all", "none", "last" };

	printf("%zu:", cut->entries);
	if (cut->keep == KEEP_SOME)
		printf("%lu", cut->seed);
	else
		fputs(name[cut->keep], stdout);
}

static struct cut parse_cut(const char *text)
{
	struct cut cut = { .keep = KEEP_SOME };
	char *end;

	cut.entries = strtoul(text, &end, 10);
	if (end == text || *end++ != ':' || cut.entries > entry_count)
		die("%s: no such cut", text);
	if (!strcmp(end, "all"))
		cut.keep = KEEP_ALL;
	else if (!strcmp(end, "none"))
		cut.keep = KEEP_NONE;
	else if (!strcmp(end, "last"))
		cut.keep = KEEP_LAST;
	else
		cut.seed = strtoul(end, NULL, 10);
	return cut;
}

// --- commands

static int list(char **argument)
{
	read_log(argument[0]);
	for (size_t i = 0; i < entry_count; i++)
		if (entries[i].data)
			printf("%zu write %" PRIu64 " %" PRIu64 "\n", i + 1, entries[i].sector,
				entries[i].count);
		else
			printf("%zu %s\n", i + 1, entries[i].flags & LOG_FLUSH ? "flush" : "other");
	return 0;
}

// LOG BASE FIRST COUNT
static void read_disk(char **argument)
{
	read_log(argument[0]);
	collect_numbers();
	read_base(argument[1]);
	range.first = strtoull(argument[2], NULL, 10);
	range.count = strtoull(argument[3], NULL, 10);
}

static int print_states(char **argument)
{
	unsigned long seed = strtoul(argument[5], NULL, 10);
	struct states states = {
		.mark = strtoull(argument[4], NULL, 10),
		.generator = seed,
	};

	read_disk(argument);
	states.state = allocate((entry_count + 1) * (3 + CHOICES), sizeof(*states.state));
	for (size_t i = 0; i <= entry_count; i++) {
		add_state(&states, (struct cut){ i, KEEP_ALL, 0 });
		add_state(&states, (struct cut){ i, KEEP_NONE, 0 });
		add_state(&states, (struct cut){ i, KEEP_LAST, 0 });
		for (unsigned long k = 1; k <= CHOICES; k++)
			add_state(&states,
				(struct cut){ i, KEEP_SOME, seed * 1000000 + i * 10 + k });
	}
	qsort(states.state, states.count, sizeof(*states.state), by_order);
	for (size_t i = 0; i < states.count; i++) {
		print_cut(&states.state[i].cut);
		puts(states.state[i].first_of_range ? " range" : " -");
	}
	return 0;
}

static int apply(char **argument)
{
	struct cut cut;
	int fd;

	read_disk(argument);
	cut = parse_cut(argument[4]);
	replay(&cut);
	fd = open_or_die(argument[5], O_WRONLY);
	for (size_t i = 0; i < touched.count; i++)
		if (pwrite(fd, touched.now + i * SECTOR, SECTOR,
			    (off_t)touched.number[i] * SECTOR) != SECTOR)
			die("%s: cannot be written", argument[5]);
	return close(fd) ? 1 : 0;
}

static const char help[] =
	"usage: replay list LOG\n"
	"       replay states LOG BASE FIRST COUNT MARK SEED\n"
	"       replay apply LOG BASE FIRST COUNT CUT IMAGE\n"
	"What a power cut can leave on a disk whose writes tests/qemu/boot --record has recorded.\n"
	"\n"
	"  list    the log: number, write and its first sector and their number, or flush\n"
	"  states  the different contents that a cut can leave, one cut a line: before entry MARK, and\n"
	"          from there on. Those that differ in the range come first, with the word range; each\n"
	"          part in an order that SEED decides, as it decides what is lost\n"
	"  apply   turns IMAGE, a copy of BASE to which any cut of this log was applied, into CUT\n"
	"BASE is the disk before the first write. The range is COUNT sectors from FIRST on. CUT is\n"
	"N:all, N:none, N:last or N:SEED: after N entries, with what was kept of the writes since the\n"
	"last flush.\n"
	"Exit status: 0 done, 1 failed, 2 wrong command line.\n";

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int arguments;
		int (*run)(char **argument);
	} commands[] = {
		{ "list", 1, list },
		{ "states", 6, print_states },
		{ "apply", 6, apply },
	};

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(help, stdout) == EOF;
	for (size_t i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) && argc == 2 + commands[i].arguments)
			return commands[i].run(argv + 2);
	fputs(help, stderr);
	return 2;
}
