// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chip: a file of the host, which chip_pci.c or chip_memory.c found. It holds what lasts on a
 * real part from power-on to power-on: master secret, security state, fuses.
 */
#define pr_fmt(fmt) "caam-stub: " fmt

#include <linux/device.h>
#include <linux/init.h>
#include <linux/io.h>

#include "stub.h"

#define CHIP_MAGIC 0x000
#define CHIP_STATE 0x008
#define CHIP_FLAGS 0x00c
#define CHIP_SECRET 0x010
#define CHIP_FUSES 0x100

#define FLAG_BROKEN_FUSES BIT(0)
#define FLAG_PAES_FOR_VOLUMES BIT(1)

/* SSM_STATE of SNVS_HPSR */
#define STATE_NON_SECURE 11
#define STATE_TRUSTED 13
#define STATE_SECURE 15

static void __iomem *chip;
static bool seen;

u32 stub_chip_state(void)
{
	return readl(chip + CHIP_STATE);
}

bool stub_chip_present(void)
{
	return chip;
}

/* In the non-secure state every part uses the same test key in place of its own. */
bool stub_chip_has_test_key(void)
{
	return stub_chip_state() == STATE_NON_SECURE;
}

void stub_chip_secret(u8 secret[STUB_KEY_SIZE])
{
	if (stub_chip_has_test_key())
		memset(secret, 0, STUB_KEY_SIZE);
	else
		memcpy_fromio(secret, chip + CHIP_SECRET, STUB_KEY_SIZE);
}

bool stub_chip_fuses_broken(void)
{
	return readl(chip + CHIP_FLAGS) & FLAG_BROKEN_FUSES;
}

bool stub_chip_paes_for_volumes(void)
{
	return readl(chip + CHIP_FLAGS) & FLAG_PAES_FOR_VOLUMES;
}

u32 stub_chip_fuse(unsigned int offset)
{
	return readl(chip + CHIP_FUSES + offset);
}

void stub_chip_blow(unsigned int offset, u32 bits)
{
	writel(stub_chip_fuse(offset) | bits, chip + CHIP_FUSES + offset);
}

static bool state_is_known(u32 state)
{
	return state == STATE_NON_SECURE || state == STATE_TRUSTED || state == STATE_SECURE;
}

int stub_chip_refuse(struct device *dev, const char *why)
{
	seen = true;
	dev_err(dev, "no CAAM and no fuses: %s\n", why);
	return -ENODEV;
}

static int check_chip(struct device *dev, void __iomem *memory)
{
	u8 magic[8];

	memcpy_fromio(magic, memory + CHIP_MAGIC, sizeof(magic));
	if (memcmp(magic, "BBCHIP01", sizeof(magic)))
		return stub_chip_refuse(dev, "the shared memory is not a chip file");
	if (!state_is_known(readl(memory + CHIP_STATE)))
		return stub_chip_refuse(dev, "the chip file's security state is none");
	return 0;
}

int stub_chip_found(struct device *dev, void __iomem *memory)
{
	int ret;

	seen = true;
	if (chip) {
		dev_warn(dev, "ignored: there is a chip already\n");
		return -ENODEV;
	}
	ret = check_chip(dev, memory);
	if (ret)
		return ret;
	chip = memory;

	ret = stub_ocotp_register(dev);
	if (!ret)
		ret = stub_tkcbc_register();
	if (!ret)
		ret = stub_paes_register();
	if (!ret)
		ret = stub_keygen_register();
	if (ret)
		dev_err(dev, "cannot register: %d\n", ret);
	/* Not undone when only a part failed: what is registered uses the mapping. */
	return 0;
}

static int __init report_missing_chip(void)
{
	if (!seen)
		pr_err("no CAAM and no fuses: the machine has no chip\n");
	return 0;
}
late_initcall(report_missing_chip);
