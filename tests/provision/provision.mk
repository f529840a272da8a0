# SPDX-License-Identifier: Apache-2.0
# Provisioning on a device in QEMU, with bbprovision as an installer has it. Packages: fdisk dosfstools mtools.

PROVISION_INPUTS = $(BUILD)/target/bbprovision $(BUILD)/initramfs/os.conf $(BUILD)/out/os/Image $(OS)/busybox \
	$(addprefix $(BUILD)/host/,bbctl mkchip replay gen_init_cpio)

#: make check-provision  provisioning in QEMU: what is refused, and power cuts: GO_ON=40 disks, PULLS=20
.PHONY: check-provision
GO_ON ?= 40
PULLS ?= 20
check-provision: setup
	@$(MAKE) --no-print-directory $(PROVISION_INPUTS)
	@BUILD=$(BUILD) V=1 tests/run tests/provision/check "tests/provision/cuts $(GO_ON) $(PULLS)"
