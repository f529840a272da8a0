# SPDX-License-Identifier: Apache-2.0
# Whole installations, from a blank board to a closed one whose system is up: tests/install.

INSTALL := $(BUILD)/install

# Packages: libssl-dev
$(BUILD)/host/unwrap: tests/install/unwrap.c
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -o $@ $< -lcrypto

# What is to be installed, and what the medium starts with, as the boot ROM wants them.
SIGNED_FOR_QEMU := $(patsubst %,$(BUILD)/out/qemu-%/signed/hab_auth,production flasher)
$(SIGNED_FOR_QEMU): $(BUILD)/out/qemu-%/signed/hab_auth: $(BUILD)/out/qemu-%/Image.gz $(BUILD)/out/qemu-%/virt.dtb \
		$(BUILD)/host/bbsign
	@$(MAKE) --no-print-directory sign PLATFORM=qemu VARIANT=$* >/dev/null

$(INSTALL)/efuses.bin: $(SIGNED_FOR_QEMU)
	@mkdir -p $(@D)
	@$(BUILD)/host/bbsign srk --pki $(KEYS) --table $(@D)/SRK_table.bin --fuses $@ >/dev/null

MAKE_INSTALLER = tests/install/make-installer --busybox $(OS)/busybox --bbprovision $(BUILD)/target/bbprovision \
	--conf $(BUILD)/initramfs/os-installer.conf --kernel $(BUILD)/out/os-installer/Image.gz \
	--boot $(BUILD)/out/qemu-production/signed --efuses $(INSTALL)/efuses.bin --os $(OS)/default \
	--mkdisk $(BUILD)/host/mkdisk --development

$(INSTALL)/root/.made: tests/install/make-installer tests/install/flasher $(OS)/busybox $(BUILD)/target/bbprovision \
		$(BUILD)/out/os-installer/Image.gz $(INSTALL)/efuses.bin $(OS)/default/.made $(BUILD)/host/mkdisk
	@echo "  ROOT    $(@D)"
	@$(MAKE_INSTALLER) -o $(@D)
	@touch $@
