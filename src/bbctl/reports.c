// SPDX-License-Identifier: Apache-2.0
// Files boot reports in a directory; see reports.h.

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bbctl.h"
#include "report.h"
#include "report-file.h"
#include "reports.h"

#define DIGITS 8
#define NUMBER_MAX 99999999u
#define ENDING ".json"
#define NAME_LENGTH (DIGITS + sizeof(ENDING) - 1)

struct filed {
	char name[NAME_LENGTH + 1];
	bool given; // it is one of those that are to be filed
};

struct store {
	const char *directory;
	size_t count;
	struct filed *filed; // oldest first, with room for more
};

static bool begins_like_report(const char *name)
{
	return strspn(name, "0123456789") == DIGITS &&
		!strncmp(name + DIGITS, ENDING, sizeof(ENDING) - 1);
}

static int is_report(const struct dirent *entry)
{
	return strlen(entry->d_name) == NAME_LENGTH && begins_like_report(entry->d_name);
}

// The new file of write_whole(), which a power cut has kept from getting its name.
static int is_remnant(const struct dirent *entry)
{
	return strlen(entry->d_name) == NAME_LENGTH + sizeof(".XXXXXX") - 1 &&
		begins_like_report(entry->d_name) && entry->d_name[NAME_LENGTH] == '.';
}

static char *path_of(const struct store *store, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", store->directory, name) < 0)
		abort();
	return path;
}

static int remove_name(const struct store *store, const char *name)
{
	char *path = path_of(store, name);
	int status = unlink(path) && errno != ENOENT ?
		fail_file(path, "cannot be removed: %s", strerror(errno)) : STATUS_GOOD;

	free(path);
	return status;
}

static int remove_remnants(const struct store *store)
{
	struct dirent **list;
	int count = scandir(store->directory, &list, is_remnant, alphasort);
	int status = STATUS_GOOD;

	for (int i = 0; i < count; i++) {
		if (!status)
			status = remove_name(store, list[i]->d_name);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return status;
}

// With room for so many more.
static int open_store(const char *directory, size_t more, struct store *ret)
{
	struct dirent **list;
	int count = scandir(directory, &list, is_report, alphasort);

	*ret = (struct store){ .directory = directory };
	if (count < 0)
		return fail_file(directory, "cannot be read: %s", strerror(errno));
	ret->filed = calloc((size_t)count + more, sizeof(ret->filed[0]));
	for (int i = 0; i < count; i++) {
		if (ret->filed)
			memcpy(ret->filed[ret->count++].name, list[i]->d_name, NAME_LENGTH);
		free(list[i]);
	}
	free(list);
	if (!ret->filed)
		return fail_file(directory, "cannot be read: %s", strerror(ENOMEM));
	return remove_remnants(ret);
}

// Marks the report if it has been filed.
static bool is_filed(struct store *store, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < store->count; i++) {
		char *path = path_of(store, store->filed[i].name);
		size_t filed_size = 0;
		uint8_t *filed = read_whole(path, REPORT_SIZE, &filed_size);
		bool same = filed && filed_size == size && !memcmp(filed, data, size);

		free(filed);
		free(path);
		if (same) {
			store->filed[i].given = true;
			return true;
		}
	}
	return false;
}

static int remove_at(struct store *store, size_t i)
{
	int status = remove_name(store, store->filed[i].name);

	if (!status) {
		store->count--;
		memmove(&store->filed[i], &store->filed[i + 1],
			(store->count - i) * sizeof(store->filed[0]));
	}
	return status;
}

static int make_room(struct store *store, size_t most)
{
	int status = STATUS_GOOD;

	for (size_t i = 0; !status && store->count > most && i < store->count;) {
		if (store->filed[i].given)
			i++;
		else
			status = remove_at(store, i);
	}
	while (!status && store->count > most)
		status = remove_at(store, 0);
	return status;
}

static int add(struct store *store, uint32_t max, const uint8_t *data, size_t size)
{
	struct filed *filed;
	uint32_t number = 0;
	char *path;
	int status;

	if (store->count)
		number = (uint32_t)strtoul(store->filed[store->count - 1].name, NULL, 10);
	if (number >= NUMBER_MAX)
		return fail_file(store->directory, "there is no number after %u", number);
	status = make_room(store, max - 1);
	if (status)
		return status;
	filed = &store->filed[store->count];
	*filed = (struct filed){ .given = true };
	snprintf(filed->name, sizeof(filed->name), "%0*u" ENDING, DIGITS,
		(number + 1) % (NUMBER_MAX + 1));
	path = path_of(store, filed->name);
	status = write_whole(path, 0644, data, size);
	if (!status) {
		store->count++;
		printf("filed as %s\n", path);
	}
	free(path);
	return status;
}

struct source {
	uint8_t *data; // NULL: nothing to file
	size_t size;   // without the blanks behind the report
};

static int load(const char *file, struct source *ret)
{
	struct json_object *report = NULL;
	int status;

	*ret = (struct source){ .data = NULL };
	if (!report_is_there(file))
		return STATUS_GOOD;
	status = report_load(file, &report, &ret->data, &ret->size);
	while (!status && ret->size && strchr(" \t\r\n", ret->data[ret->size - 1]))
		ret->size--;
	if (!report) {
		free(ret->data);
		ret->data = NULL;
	}
	json_object_put(report);
	return status;
}

// All that are filed already are marked before one of them could make room for another.
static int keep(struct store *store, uint32_t max, size_t count, const struct source *sources)
{
	int status = STATUS_GOOD;

	for (size_t i = 0; i < count; i++) {
		if (sources[i].data)
			is_filed(store, sources[i].data, sources[i].size);
	}
	for (size_t i = 0; !status && i < count; i++) {
		if (sources[i].data && !is_filed(store, sources[i].data, sources[i].size))
			status = add(store, max, sources[i].data, sources[i].size);
	}
	return status ? status : make_room(store, max);
}

int reports_keep(const char *directory, uint32_t max, int count, char **files)
{
	struct source *sources = calloc((size_t)count, sizeof(*sources));
	struct store store = { .filed = NULL };
	int worst = STATUS_GOOD, status;

	if (!sources)
		return fail_file(directory, "cannot be written: %s", strerror(ENOMEM));
	for (int i = 0; i < count; i++) {
		status = load(files[i], &sources[i]);
		worst = status > worst ? status : worst;
	}
	status = open_store(directory, (size_t)count, &store);
	if (!status && store.filed)
		status = keep(&store, max, (size_t)count, sources);
	for (int i = 0; i < count; i++)
		free(sources[i].data);
	free(sources);
	free(store.filed);
	return status > worst ? status : worst;
}
