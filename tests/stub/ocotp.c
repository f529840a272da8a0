// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fuses, as the driver drivers/nvmem/imx-ocotp.c shows those of an i.MX8MP: 384 words; a write
 * blows the bits that are 1, of one whole word, unless a lock fuse forbids it.
 */
#define pr_fmt(fmt) "imx-ocotp-stub: " fmt

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/nvmem-provider.h>
#include <linux/string.h>

#include "stub.h"

#define WORD_SIZE 4
#define LOCK_WORD 0x00
#define READ_LOCKED 0xbadabada /* what the controller answers for a word that may not be read */

/*
 * Of the two-bit locks the low bit forbids blowing; the high one forbids overriding the shadow
 * registers, which nvmem cannot do. A one-bit lock forbids both.
 */
static const struct lock {
	u32 first, last; /* the words that it covers, as offsets */
	u32 no_write, no_read; /* bits of the lock word */
} locks[] = {
	{ 0x04, 0x0c, BIT(0), 0 }, /* TESTER */
	{ 0x1c, 0x2c, BIT(2), 0 }, /* BOOT_CFG */
	{ 0x60, 0x7c, BIT(9), 0 }, /* SRK */
	{ 0x80, 0x84, BIT(10), BIT(10) }, /* SJC_RESP */
	{ 0x88, 0x88, BIT(12), 0 }, /* USB_ID */
	{ 0x90, 0x98, BIT(14), 0 }, /* MAC */
	{ 0xe0, 0xe4, BIT(20), 0 }, /* GP1 */
	{ 0xe8, 0xec, BIT(22), 0 }, /* GP2 */
};

static DEFINE_MUTEX(ocotp_lock);

static const struct lock *find_lock(unsigned int offset)
{
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++) {
		if (offset >= locks[i].first && offset <= locks[i].last)
			return &locks[i];
	}
	return NULL;
}

static bool may_read(unsigned int offset)
{
	const struct lock *lock = find_lock(offset);

	return !lock || !(stub_chip_fuse(LOCK_WORD) & lock->no_read);
}

static bool may_write(unsigned int offset)
{
	const struct lock *lock = find_lock(offset);

	return !lock || !(stub_chip_fuse(LOCK_WORD) & lock->no_write);
}

/* Any bytes may be read, also across words; nvmem keeps offset and size within the device. */
static int ocotp_read(void *context, unsigned int offset, void *value, size_t size)
{
	u8 *out = value;
	int ret = 0;

	mutex_lock(&ocotp_lock);
	if (stub_chip_fuses_broken())
		ret = -EIO;
	while (!ret && size) {
		unsigned int word = round_down(offset, WORD_SIZE), skip = offset - word;
		size_t part = min_t(size_t, size, WORD_SIZE - skip);
		__le32 fuse = cpu_to_le32(may_read(word) ? stub_chip_fuse(word) : READ_LOCKED);

		memcpy(out, (u8 *)&fuse + skip, part);
		out += part;
		offset += part;
		size -= part;
	}
	mutex_unlock(&ocotp_lock);
	return ret;
}

static int ocotp_write(void *context, unsigned int offset, void *value, size_t size)
{
	__le32 bits;
	int ret = 0;

	if (size != WORD_SIZE || offset % WORD_SIZE)
		return -EINVAL;
	memcpy(&bits, value, sizeof(bits));
	mutex_lock(&ocotp_lock);
	if (stub_chip_fuses_broken()) {
		ret = -EIO;
	} else if (!may_write(offset)) {
		pr_err("failed write to locked region\n");
		ret = -EPERM;
	} else {
		stub_chip_blow(offset, le32_to_cpu(bits));
	}
	mutex_unlock(&ocotp_lock);
	return ret;
}

int stub_ocotp_register(struct device *dev)
{
	struct nvmem_config config = {
		.dev = dev,
		.name = "imx-ocotp", /* with the id: imx-ocotp0 */
		.id = 0,
		.size = STUB_FUSES_SIZE,
		.word_size = WORD_SIZE,
		.stride = 1,
		.reg_read = ocotp_read,
		.reg_write = ocotp_write,
	};

	return PTR_ERR_OR_ZERO(devm_nvmem_register(dev, &config));
}
