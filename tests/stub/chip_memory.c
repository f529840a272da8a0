// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chip's file in memory that the device tree names, for a machine without ivshmem-plain: a copy that
 * the machine is started with. What the guest burns lasts across kexec, and is gone with the machine.
 */
#include <linux/mod_devicetable.h>
#include <linux/platform_device.h>

#include "stub.h"

static int chip_probe(struct platform_device *pdev)
{
	struct resource *resource;
	void __iomem *memory = devm_platform_get_and_ioremap_resource(pdev, 0, &resource);

	if (IS_ERR(memory))
		return PTR_ERR(memory);
	if (resource_size(resource) < STUB_CHIP_SIZE)
		return stub_chip_refuse(&pdev->dev, "the memory is smaller than a chip file");
	return stub_chip_found(&pdev->dev, memory);
}

static const struct of_device_id chip_ids[] = {
	{ .compatible = "balena,caam-stub" },
	{}
};

static struct platform_driver chip_driver = {
	.probe = chip_probe,
	.driver = {
		.name = "balena-caam-stub-memory",
		.of_match_table = chip_ids,
		.suppress_bind_attrs = true,
	},
};
builtin_platform_driver(chip_driver);
