// SPDX-License-Identifier: Apache-2.0
// The cipher, in a mapping as the volumes have, but over memory: a loop device that goes when it is
// closed, whatever ends this process.

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>
#include <linux/loop.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bbctl/selftest.h"
#include "error.h"
#include "mapping.h"
#include "system.h"
#include "volume-key.h"

#define LABEL "bbctl-selftest"
#define MAPPED "/dev/mapper/" LABEL
#define PIECE ((size_t)1 << 20)
#define PIECES 8

#define LAYOUT_1_KEY_SIZE 56

/* Of the second mapping, in sectors: more than 16 bits, so that each byte of the IV counts. */
#define OTHER_OFFSET UINT64_C(0x12345)

struct scratch {
	const struct layout *layout;
	unsigned int key;
	int memory, control, loop; /* -1: none */
	long number;
	char node[16];
	uint8_t *buffer; /* PIECE bytes */
	uint64_t write_us, read_us;
	struct selftest_sectors sectors;
};

static int fail(struct text *says, const char *what, int error)
{
	selftest_say(says, "%s: %s", what, strerror(-error));
	return error;
}

static int open_loop(struct scratch *c, struct text *says)
{
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	char path[32];
	struct text node = TEXT_IN(c->node), text = TEXT_IN(path);
	int error;

	c->memory = memfd_create("selftest", MFD_CLOEXEC);
	if (c->memory < 0 || ftruncate(c->memory, PIECES * PIECE))
		return fail(says, "memory", -errno);
	c->control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	if (c->control < 0)
		return fail(says, "/dev/loop-control", -errno);
	c->number = ioctl(c->control, (int)LOOP_CTL_GET_FREE);
	if (c->number < 0)
		return fail(says, "no loop device", -errno);
	text_add(&node, "loop");
	text_add_number(&node, (uint64_t)c->number);
	text_add(&text, "/dev/");
	text_add(&text, c->node);
	c->loop = open(path, O_RDWR | O_CLOEXEC);
	if (c->loop < 0)
		return fail(says, path, -errno);
	config.fd = (uint32_t)c->memory;
	error = device_control(c->loop, LOOP_CONFIGURE, &config);
	return error ? fail(says, path, error) : 0;
}

static void close_loop(struct scratch *c)
{
	close_fd(&c->loop);
	if (c->number >= 0)
		ioctl(c->control, (int)LOOP_CTL_REMOVE, c->number);
	close_fd(&c->control);
	close_fd(&c->memory);
	free(c->buffer);
}

static int load_key(const struct scratch *c, int32_t *ret_serial, struct text *says)
{
	uint8_t blob[BLOB_FILE_MAX];
	struct report_fault fault = { 0 };
	int error = volume_key_create(c->layout, c->key, blob, &fault);

	if (!error)
		error = volume_key_load(c->layout, c->key, blob, KEY_SPEC_PROCESS_KEYRING, ret_serial,
			&fault);
	if (!error)
		return 0;
	selftest_say(says, "%s: %s", bb_error_name(error), fault.detail);
	return -EIO;
}

// All pieces, each sector of which has the same contents; what was read is left in the buffer.
static int move(const struct scratch *c, int fd, bool writing, uint64_t *ret_us)
{
	uint64_t start = now_us();

	for (off_t at = 0; at < (off_t)(PIECES * PIECE); at += (off_t)PIECE) {
		ssize_t n = writing ? pwrite(fd, c->buffer, PIECE, at) : pread(fd, c->buffer, PIECE, at);

		if (n != (ssize_t)PIECE)
			return n < 0 ? -errno : -EIO;
	}
	if (writing && fsync(fd))
		return -errno;
	*ret_us = now_us() - start;
	return 0;
}

static int write_and_read(struct scratch *c)
{
	cleanup_fd int fd = open(MAPPED, O_RDWR | O_DIRECT | O_CLOEXEC);
	int error = fd < 0 ? -errno : move(c, fd, true, &c->write_us);

	memset(c->buffer, 0, PIECE);
	if (!error)
		error = move(c, fd, false, &c->read_us);
	memcpy(c->sectors.back, c->buffer, SELFTEST_SECTOR);
	for (size_t at = SELFTEST_SECTOR; !error && at < PIECE; at += SELFTEST_SECTOR) {
		if (memcmp(c->buffer + at, c->buffer, SELFTEST_SECTOR) != 0)
			memcpy(c->sectors.back, c->buffer + at, SELFTEST_SECTOR);
	}
	return error;
}

static int read_elsewhere(struct scratch *c)
{
	cleanup_fd int fd = open(MAPPED, O_RDONLY | O_DIRECT | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, c->buffer, PIECE, 0);

	if (n != (ssize_t)PIECE)
		return n < 0 ? -errno : -EIO;
	memcpy(c->sectors.elsewhere, c->buffer, SELFTEST_SECTOR);
	return 0;
}

static int map(const struct scratch *c, uint64_t iv_offset, struct text *says)
{
	int error = mapping_create(c->layout, c->key, iv_offset, c->node, LABEL);

	return error ? fail(says, "mapping", error) : 0;
}

static int unmap(struct text *says, int before)
{
	int error = mapping_close(LABEL);

	return before ? before : error ? fail(says, "mapping not closed", error) : 0;
}

static int try_mappings(struct scratch *c, struct text *says)
{
	int error = map(c, 0, says);

	if (error)
		return error;
	error = write_and_read(c);
	if (unmap(says, error ? fail(says, MAPPED, error) : 0))
		return -EIO;
	if (pread(c->memory, c->sectors.stored, sizeof(c->sectors.stored), 0) !=
		sizeof(c->sectors.stored))
		return fail(says, "memory", -EIO);
	error = map(c, c->sectors.iv_offset, says);
	if (error)
		return error;
	error = read_elsewhere(c);
	return unmap(says, error ? fail(says, MAPPED, error) : 0);
}

static int fill(struct scratch *c)
{
	c->buffer = aligned_alloc(4096, PIECE);
	if (!c->buffer)
		return -ENOMEM;
	for (size_t i = 0; i < SELFTEST_SECTOR; i++)
		c->sectors.plain[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t at = 0; at < PIECE; at += SELFTEST_SECTOR)
		memcpy(c->buffer + at, c->sectors.plain, SELFTEST_SECTOR);
	return 0;
}

// Tenths of MB/s: 10 * bytes / 10^6 / (us / 10^6).
static unsigned long long rate(uint64_t us)
{
	return (unsigned long long)(10 * PIECES * PIECE / (us ? us : 1));
}

static enum selftest_status try_scratch(struct scratch *c, struct text *says)
{
	int32_t serial = 0;
	enum selftest_status status;
	int error = fill(c);

	error = error ? fail(says, "memory", error) : open_loop(c, says);
	if (!error)
		error = load_key(c, &serial, says);
	if (!error)
		error = try_mappings(c, says);
	if (serial && volume_key_drop(serial, KEY_SPEC_PROCESS_KEYRING))
		error = fail(says, "key not dropped", -EIO);
	if (error)
		return SELFTEST_FAILED;
	status = selftest_judge_sectors(&c->sectors, says);
	selftest_say(says, "%skey of %u bytes, IV %s: %llu.%llu MB/s written, %llu.%llu MB/s read",
		says->used ? "; " : "", c->layout->key[c->key].size, c->layout->key[c->key].form->iv,
		rate(c->write_us) / 10, rate(c->write_us) % 10, rate(c->read_us) / 10,
		rate(c->read_us) % 10);
	return status;
}

// The first key of a layout, which most volumes have.
static enum selftest_status try_layout(const struct layout *layout, struct text *says)
{
	static struct scratch c;
	enum selftest_status status;

	c = (struct scratch){ .layout = layout, .memory = -1, .control = -1, .loop = -1, .number = -1,
		.sectors.iv_offset = OTHER_OFFSET };
	c.sectors.is_xts = !strncmp(layout->key[c.key].form->iv, "xts", 3);
	status = try_scratch(&c, says);
	close_loop(&c);
	return status;
}

enum selftest_status check_mapping_1(struct selftest *s, struct text *says)
{
	unsigned int key;

	(void)s;
	return try_layout(layout_of_key(KEY_SOURCE_CAAM_TK, LAYOUT_1_KEY_SIZE, &key), says);
}

enum selftest_status check_mapping_2(struct selftest *s, struct text *says)
{
	return try_layout(layout_for_new(s->config.key_source), says);
}
