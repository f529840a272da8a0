// SPDX-License-Identifier: Apache-2.0
// Reads a FAT; see fat.h.

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "bytes.h"
#include "fat.h"

/* Boot sector: FAT specification, sections 3.1 to 3.3. */
#define BOOT_SIZE 512
#define AT_SECTOR_SIZE 11
#define AT_CLUSTER_SECTORS 13
#define AT_RESERVED 14
#define AT_TABLES 16
#define AT_ROOT_ENTRIES 17
#define AT_SECTORS_16 19
#define AT_MEDIA 21
#define AT_TABLE_SECTORS_16 22
#define AT_SECTORS_32 32
#define AT_TABLE_SECTORS_32 36
#define AT_ROOT_CLUSTER 44

/* fs/fat/fat.h: MAX_FAT12, MAX_FAT16, MAX_FAT32; of clusters */
#define CLUSTERS_MAX_12 0xff4u
#define CLUSTERS_MAX_16 0xfff4u
#define CLUSTERS_MAX_32 0x0ffffff6u

/* Directory entry: section 6; long names: section 7. */
#define ENTRY_SIZE 32
#define AT_ATTRIBUTES 11
#define AT_CASE 12
#define AT_CLUSTER_HIGH 20
#define AT_CLUSTER_LOW 26
#define AT_SIZE 28
#define AT_LONG_CHECKSUM 13
#define ATTRIBUTE_VOLUME 0x08
#define ATTRIBUTE_DIRECTORY 0x10
#define ATTRIBUTE_LONG 0x0f
#define CASE_BASE 0x08
#define CASE_EXTENSION 0x10
#define DELETED 0xe5
#define LONG_LAST 0x40
#define LONG_UNITS 13
#define LONG_ENTRIES_MAX 20

/* fs/fat/fat.h: FAT_MAX_DIR_ENTRIES */
#define ENTRIES_MAX 65536u

static bool is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

static uint32_t either(uint32_t first, uint32_t second)
{
	return first ? first : second;
}

// What fat_read_bpb() refuses.
static bool is_boot_sector(const uint8_t *boot)
{
	uint32_t sector = get_le16(boot + AT_SECTOR_SIZE);

	return is_power_of_2(sector) && sector >= 512 && sector <= 4096 &&
		is_power_of_2(boot[AT_CLUSTER_SECTORS]) && get_le16(boot + AT_RESERVED) &&
		boot[AT_TABLES] && (boot[AT_MEDIA] >= 0xf8 || boot[AT_MEDIA] == 0xf0) &&
		either(get_le16(boot + AT_TABLE_SECTORS_16), get_le32(boot + AT_TABLE_SECTORS_32));
}

static uint32_t entries_of(uint64_t table_size, unsigned int bits)
{
	uint64_t entries = table_size * 8 / bits;

	return entries < 2 ? 0 : entries - 2 > UINT32_MAX ? UINT32_MAX : (uint32_t)(entries - 2);
}

int fat_open(struct fat *fat)
{
	uint8_t boot[BOOT_SIZE];
	uint32_t sector, most, limit;
	uint64_t table_size, sectors, before;
	int error = fat->read(fat->context, 0, boot, sizeof(boot));

	if (error || !is_boot_sector(boot))
		return error ? error : -EINVAL;
	sector = get_le16(boot + AT_SECTOR_SIZE);
	table_size = (uint64_t)sector * either(get_le16(boot + AT_TABLE_SECTORS_16),
		get_le32(boot + AT_TABLE_SECTORS_32));
	fat->cluster_size = sector * boot[AT_CLUSTER_SECTORS];
	fat->table = (uint64_t)sector * get_le16(boot + AT_RESERVED);
	fat->root = fat->table + boot[AT_TABLES] * table_size;
	fat->root_size = get_le16(boot + AT_ROOT_ENTRIES) * ENTRY_SIZE;
	fat->root_cluster = get_le32(boot + AT_ROOT_CLUSTER);
	fat->data = fat->root + fat->root_size;
	sectors = either(get_le16(boot + AT_SECTORS_16), get_le32(boot + AT_SECTORS_32));
	before = fat->data / sector;
	if (fat->root_size % sector || sectors < before)
		return -EINVAL;
	most = (uint32_t)((sectors - before) / boot[AT_CLUSTER_SECTORS]);
	fat->bits = !get_le16(boot + AT_TABLE_SECTORS_16) ? 32 : most <= CLUSTERS_MAX_12 ? 12 : 16;
	if (fat->bits == 32)
		fat->root_size = 0;
	limit = entries_of(table_size, fat->bits);
	fat->clusters = most < limit ? most : limit;
	limit = fat->bits == 32 ? CLUSTERS_MAX_32 : CLUSTERS_MAX_16;
	return fat->clusters > limit ? -EINVAL : 0;
}

static bool is_cluster(const struct fat *fat, uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < fat->clusters;
}

// What the table says behind a cluster; anything but the number of one ends the chain.
static int next_cluster(struct fat *fat, uint32_t cluster, uint32_t *ret)
{
	uint64_t at = fat->table + (uint64_t)cluster * fat->bits / 8;
	uint8_t entry[4] = { 0 };
	int error = fat->read(fat->context, at, entry, fat->bits == 32 ? 4 : 2);

	if (error)
		return error;
	*ret = get_le32(entry) & 0x0fffffff;
	if (fat->bits == 12)
		*ret = cluster % 2 ? *ret >> 4 : *ret & 0xfff;
	return 0;
}

// A file or directory while it is read from its start to its end.
struct chain {
	struct fat *fat;
	uint32_t cluster; // the one that is being read
	uint32_t used;    // bytes of it
};

static int read_chain(struct chain *chain, uint8_t *data, size_t size)
{
	struct fat *fat = chain->fat;

	while (size) {
		uint32_t left = fat->cluster_size - chain->used;
		size_t now = left < size ? left : size;
		int error = 0;

		if (!left) {
			error = next_cluster(fat, chain->cluster, &chain->cluster);
			chain->used = 0;
		} else if (!is_cluster(fat, chain->cluster)) {
			return -EIO;
		} else {
			error = fat->read(fat->context, fat->data + (uint64_t)(chain->cluster - 2) *
				fat->cluster_size + chain->used, data, now);
			chain->used += (uint32_t)now;
			data += now;
			size -= now;
		}
		if (error)
			return error;
	}
	return 0;
}

// Entry i of the top directory: 1, 0 behind the last one, or a negative errno.
static int read_entry(struct chain *chain, uint32_t i, uint8_t entry[static ENTRY_SIZE])
{
	struct fat *fat = chain->fat;
	int error;

	if (fat->root_size) {
		if (i >= fat->root_size / ENTRY_SIZE)
			return 0;
		error = fat->read(fat->context, fat->root + (uint64_t)i * ENTRY_SIZE, entry, ENTRY_SIZE);
		return error ? error : 1;
	}
	if (i && chain->used == fat->cluster_size) {
		error = next_cluster(fat, chain->cluster, &chain->cluster);
		chain->used = 0;
		if (error || !is_cluster(fat, chain->cluster))
			return error;
	}
	error = read_chain(chain, entry, ENTRY_SIZE);
	return error ? error : 1;
}

// The long name that is being put together: its entries come last one first.
struct long_name {
	unsigned int left; // entries still to come
	bool begun;
	uint8_t checksum; // of the short name that it belongs to
	char name[LONG_ENTRIES_MAX * LONG_UNITS + 1];
};

static void add_long(struct long_name *l, const uint8_t *entry)
{
	static const uint8_t places[LONG_UNITS] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	unsigned int number = entry[0] & (unsigned int)~LONG_LAST;

	if (entry[0] & LONG_LAST) {
		memset(l, 0, sizeof(*l));
		l->left = number;
		l->checksum = entry[AT_LONG_CHECKSUM];
		l->begun = number && number <= LONG_ENTRIES_MAX;
	}
	if (!l->begun || !number || number != l->left || entry[AT_LONG_CHECKSUM] != l->checksum) {
		l->begun = false;
		return;
	}
	l->left--;
	for (size_t i = 0; i < LONG_UNITS; i++) {
		uint16_t unit = get_le16(entry + places[i]);

		if (unit && (unit < ' ' || unit > '~'))
			unit = '?';
		l->name[l->left * LONG_UNITS + i] = (char)unit;
	}
}

static uint8_t checksum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + name[i]);
	return sum;
}

static size_t add_part(const uint8_t *part, size_t size, bool lower, char *to)
{
	while (size && part[size - 1] == ' ')
		size--;
	for (size_t i = 0; i < size; i++) {
		char c = part[i] < ' ' || part[i] > '~' ? '?' : (char)part[i];

		to[i] = lower && c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
	}
	return size;
}

static void short_name(const uint8_t *entry, char ret[static 13])
{
	size_t length = add_part(entry, 8, entry[AT_CASE] & CASE_BASE, ret), extension;

	ret[length] = '.';
	extension = add_part(entry + 8, 3, entry[AT_CASE] & CASE_EXTENSION, ret + length + 1);
	ret[extension ? length + 1 + extension : length] = '\0';
}

// Whether an entry, behind those of its long name, is a file or a directory.
static bool parse_entry(const struct fat *fat, const uint8_t *entry, struct long_name *l,
	struct fat_entry *ret)
{
	bool whole = l->begun && !l->left && l->checksum == checksum(entry);

	if (!entry[0] || entry[0] == DELETED || entry[AT_ATTRIBUTES] & ATTRIBUTE_VOLUME) {
		l->begun = false;
		return false;
	}
	short_name(entry, ret->alias);
	memcpy(ret->name, l->name, sizeof(ret->name));
	if (!whole)
		memcpy(ret->name, ret->alias, sizeof(ret->alias));
	ret->directory = entry[AT_ATTRIBUTES] & ATTRIBUTE_DIRECTORY;
	ret->size = get_le32(entry + AT_SIZE);
	ret->cluster = get_le16(entry + AT_CLUSTER_LOW);
	if (fat->bits == 32)
		ret->cluster |= (uint32_t)get_le16(entry + AT_CLUSTER_HIGH) << 16;
	l->begun = false;
	return true;
}

int fat_list(struct fat *fat, fat_visit *visit, void *context)
{
	struct chain chain = { fat, fat->root_cluster, 0 };
	struct long_name name = { .begun = false };
	struct fat_entry parsed;
	uint8_t entry[ENTRY_SIZE] = { 0 };

	for (uint32_t i = 0; i < ENTRIES_MAX; i++) {
		int result = read_entry(&chain, i, entry);

		if (result <= 0)
			return result;
		if (entry[AT_ATTRIBUTES] == ATTRIBUTE_LONG && entry[0] && entry[0] != DELETED) {
			add_long(&name, entry);
			continue;
		}
		if (!parse_entry(fat, entry, &name, &parsed))
			continue;
		result = visit(context, &parsed);
		if (result)
			return result;
	}
	return 0;
}

struct search {
	const char *name;
	struct fat_entry found;
};

static int match(void *context, const struct fat_entry *entry)
{
	struct search *search = context;

	if (strcasecmp(entry->name, search->name) && strcasecmp(entry->alias, search->name))
		return 0;
	search->found = *entry;
	return 1;
}

int fat_read(struct fat *fat, const char *name, uint8_t *data, size_t size)
{
	struct search search = { .name = name };
	int result = fat_list(fat, match, &search);
	struct chain chain = { fat, search.found.cluster, 0 };

	if (result != 1)
		return result ? result : -ENOENT;
	if (search.found.directory)
		return -EISDIR;
	if (search.found.size > size || search.found.size > INT32_MAX)
		return -EFBIG;
	result = read_chain(&chain, data, search.found.size);
	return result ? result : (int)search.found.size;
}
