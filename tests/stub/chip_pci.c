// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chip's file behind QEMU's ivshmem-plain: what the guest burns stays in the file.
 */
#include <linux/pci.h>

#include "stub.h"

#define IVSHMEM_VENDOR 0x1af4
#define IVSHMEM_DEVICE 0x1110
#define IVSHMEM_MEMORY_BAR 2

static int chip_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void __iomem *memory;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	if (pci_resource_len(pdev, IVSHMEM_MEMORY_BAR) < STUB_CHIP_SIZE)
		return stub_chip_refuse(&pdev->dev, "the shared memory is smaller than a chip file");
	memory = pcim_iomap(pdev, IVSHMEM_MEMORY_BAR, STUB_CHIP_SIZE);
	if (!memory)
		return -ENOMEM;
	return stub_chip_found(&pdev->dev, memory);
}

static const struct pci_device_id chip_ids[] = {
	{ PCI_DEVICE(IVSHMEM_VENDOR, IVSHMEM_DEVICE) },
	{}
};

static struct pci_driver chip_driver = {
	.name = "balena-caam-stub",
	.id_table = chip_ids,
	.probe = chip_probe,
	.driver.suppress_bind_attrs = true,
};
builtin_pci_driver(chip_driver);
