// SPDX-License-Identifier: Apache-2.0
// Finds and reads key blobs; see keyblob.h.

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "error.h"
#include "keyblob.h"
#include "system.h"
#include "text.h"

void keyblob_name(unsigned int key_size, bool copy, char ret[static KEYBLOB_NAME_MAX])
{
	struct text text = text_in(ret, KEYBLOB_NAME_MAX);

	text_add(&text, copy ? "keyblob_" : "balena_");
	text_add_number(&text, key_size);
	text_add(&text, copy ? ".copy" : ".enc");
}

// Reads through a descriptor of its own: the directory may be read more than once.
static int find_originals(int directory, struct layout_blobs *ret, struct report_fault *fault)
{
	cleanup_fd int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cleanup_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int end;

	if (!dir)
		return report_fail(fault, BB_BLOB_MISSING, "balena-imx", errno);
	steal_fd(&fd);
	while ((entry = next_entry(dir, &end))) {
		int error = layout_add_blob(ret, entry->d_name);

		if (error)
			return report_fail(fault, error, entry->d_name, 0);
	}
	return end ? report_fail(fault, BB_BLOB_MISSING, "balena-imx", -end) : 0;
}

static void add_copies(int directory, struct layout_blobs *blobs)
{
	for (unsigned int size = 0; size <= BLOB_KEY_MAX; size++) {
		char name[KEYBLOB_NAME_MAX];

		if (!blob_file_size(blobs->source, size) || blobs->of_size[size])
			continue;
		keyblob_name(size, true, name);
		if (faccessat(directory, name, F_OK, 0))
			continue;
		blobs->of_size[size] = true;
		blobs->count++;
	}
}

static int fail_blobs(int error, const struct layout_blobs *blobs, struct report_fault *fault)
{
	char sizes[32];
	struct text text = TEXT_IN(sizes);

	text_add(&text, "balena_*.enc:");
	for (unsigned int size = 0; size <= BLOB_KEY_MAX; size++) {
		if (!blobs->of_size[size])
			continue;
		text_add_char(&text, ' ');
		text_add_number(&text, size);
	}
	return report_fail(fault, error, blobs->count ? sizes : "balena_*.enc", 0);
}

int keyblob_layout(int directory, enum config_key_source source, uint32_t accepted,
	const struct layout **ret, struct report_fault *fault)
{
	struct layout_blobs blobs = { .source = source };
	int error = find_originals(directory, &blobs, fault);

	if (error)
		return error;
	error = layout_choose(&blobs, accepted, ret);
	if (error == BB_BLOB_MISSING) {
		add_copies(directory, &blobs);
		error = layout_choose(&blobs, accepted, ret);
	}
	return error ? fail_blobs(error, &blobs, fault) : 0;
}

// The file is read into a buffer of the largest size there is: what is longer is refused unread.
int keyblob_read(int directory, const struct layout *layout, unsigned int k, bool copy,
	uint8_t ret_blob[static BLOB_FILE_MAX], struct report_fault *fault)
{
	unsigned int key_size = layout->key[k].size;
	char name[KEYBLOB_NAME_MAX];
	int size, error;

	keyblob_name(key_size, copy, name);
	size = read_file(directory, name, ret_blob, BLOB_FILE_MAX);
	if (size < 0)
		return report_fail(fault, size == -EFBIG ? BB_BLOB_LENGTH : BB_BLOB_MISSING, name,
			-size);
	error = blob_check(layout->source, ret_blob, (size_t)size, key_size);
	return error ? report_fail(fault, error, name, 0) : 0;
}
