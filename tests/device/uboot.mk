# SPDX-License-Identifier: Apache-2.0
# Debian's U-Boot in front of the bootloader: tests/qemu/device-uboot.sh.

UBOOT_DIR := $(BUILD)/uboot
UBOOT_BIN ?= /usr/lib/u-boot/qemu_arm64/u-boot.bin

# What balena's build puts into U-Boot's environment: where kernel and device tree go, and their IVTs in them.
$(UBOOT_DIR)/places.env: kernel-config/kernel.mk tests/device/uboot.mk
	@mkdir -p $(@D)
	@printf 'kernel_addr=%s\nkernel_ivt=%s\ndtb_addr=%s\ndtb_ivt=%s\n' $(kernel_place_qemu) $(dtb_place_qemu) >$@

# Packages: u-boot-qemu u-boot-tools
$(UBOOT_DIR)/imx-boot: tests/device/make-imx-boot tests/device/uboot.env $(UBOOT_DIR)/places.env $(UBOOT_BIN) \
		$(BUILD)/out/qemu-production/virt.dtb $(KEYS)/crts/kernel_crt.pem $(BUILD)/host/bbsign \
		$(BUILD)/deps/debs/cst/.unpacked
	@echo "  UBOOT   $@"
	@BUILD=$(BUILD) KEYS=$(KEYS) PASSPHRASE_FILE=$(PASSPHRASE_FILE) $< $@ $(UBOOT_BIN) \
		$(BUILD)/out/qemu-production/virt.dtb tests/device/uboot.env $(UBOOT_DIR)/places.env

UBOOT_INPUTS = $(UBOOT_DIR)/imx-boot $(BUILD)/out/qemu-production/signed/hab_auth
DEVICE_INPUTS += $(UBOOT_INPUTS) $(INSTALL_INPUTS) $(STORY)/other/.made
