# SPDX-License-Identifier: Apache-2.0
# Whole installations, from a blank board to a closed one whose system is up: tests/install.

STORY := $(BUILD)/install

# Packages: libssl-dev
$(BUILD)/host/unwrap: tests/install/unwrap.c
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -o $@ $< -lcrypto

# What is to be installed, and what the medium starts with, as the boot ROM wants them.
SIGNED_FOR_QEMU := $(patsubst %,$(BUILD)/out/qemu-%/signed/hab_auth,production flasher)
$(SIGNED_FOR_QEMU): $(BUILD)/out/qemu-%/signed/hab_auth: $(BUILD)/out/qemu-%/Image.gz $(BUILD)/out/qemu-%/virt.dtb \
		$(BUILD)/host/bbsign
	@BBSIGN="$(BUILD)/host/bbsign" SIGN_WITH="$(SIGN_WITH)" KEYS="$(KEYS)" sign/release sign \
		"$(BUILD)/out/qemu-$*" 0 0 "$(kernel_place_qemu)" "$(dtb_place_qemu)" qemu 1 $(signed_dtbs_qemu)

$(STORY)/efuses.bin: $(SIGNED_FOR_QEMU)
	@mkdir -p $(@D)
	@$(BUILD)/host/bbsign srk --pki $(KEYS) --table $(@D)/SRK_table.bin --fuses $@ >/dev/null

MAKE_INSTALLER = tests/install/make-installer --busybox $(BUILD)/os/busybox --bbprovision $(BUILD)/target/bbprovision \
	--conf $(BUILD)/initramfs/os-installer.conf --kernel $(BUILD)/out/os-installer/Image.gz \
	--boot $(BUILD)/out/qemu-production/signed --efuses $(STORY)/efuses.bin --os $(BUILD)/os/default \
	--mkdisk $(BUILD)/host/mkdisk --development

$(STORY)/root.made: tests/install/make-installer tests/install/flasher $(BUILD)/os/busybox \
		$(BUILD)/target/bbprovision $(BUILD)/out/os-installer/Image.gz $(STORY)/efuses.bin $(BUILD)/os/default/.made $(BUILD)/host/mkdisk
	@echo "  ROOT    $(@D)"
	@$(MAKE_INSTALLER) -o $(STORY)
	@touch $@

CONFIG_JSON = printf '{\n  "deviceType": "qemu",\n  "apiKey": "a secret of this device"%b\n}\n'

# The medium's FAT: what U-Boot starts, the flag by which it knows an installer, and config.json with and without
# the opt-in.
$(STORY)/boot/.made: $(SIGNED_FOR_QEMU) tests/install/install.mk
	@mkdir -p $(STORY)/boot $(STORY)/boot-plain
	@cp $(BUILD)/out/qemu-flasher/signed/Image.gz $(BUILD)/out/qemu-flasher/signed/virt.dtb $(STORY)/boot
	@: >$(STORY)/boot/balena-image-flasher
	@cp $(STORY)/boot/Image.gz $(STORY)/boot/virt.dtb $(STORY)/boot/balena-image-flasher $(STORY)/boot-plain
	@$(CONFIG_JSON) ',\n  "installer": { "secureboot": true }' >$(STORY)/boot/config.json
	@$(CONFIG_JSON) '' >$(STORY)/boot-plain/config.json
	@touch $@

$(STORY)/medium.img: $(STORY)/root.made $(STORY)/boot/.made tests/install/make-medium
	@echo "  MEDIUM  $@"
	@BUILD=$(BUILD) tests/install/make-medium --sign-with "$(SIGN_WITH)" --root $(STORY)/root \
		--boot $(STORY)/boot -o $@ >/dev/null

$(STORY)/medium-plain.img: $(STORY)/root.made $(STORY)/boot/.made tests/install/make-medium
	@echo "  MEDIUM  $@"
	@BUILD=$(BUILD) tests/install/make-medium --sign-with "$(SIGN_WITH)" --root $(STORY)/root \
		--boot $(STORY)/boot-plain -o $@ >/dev/null

# What a story from a blank board needs; and what those need that begin with an installed device.
INSTALL_INPUTS = $(STORY)/medium.img $(STORY)/medium-plain.img $(BUILD)/host/mkchip $(BUILD)/host/unwrap \
	$(BUILD)/host/bbsign

.PHONY: run-install soak-install
#: make run-install   a blank board, installed and closed, told as it happens; SECUREBOOT=false: left open; UBOOT=1
SECUREBOOT ?= true
UBOOT ?=
run-install: setup
	@$(MAKE) --no-print-directory $(INSTALL_INPUTS) $(if $(UBOOT),$(UBOOT_INPUTS))
	@BUILD=$(BUILD) UBOOT=$(UBOOT) tests/install/run-install $(STORY)/medium$(if $(filter false,$(SECUREBOOT)),-plain).img

#: make soak-install RUNS=100 [SEED=1]  whole installations, with the plug pulled at random instants
RUNS ?= 100
soak-install: setup
	@$(MAKE) --no-print-directory $(INSTALL_INPUTS)
	@BUILD=$(BUILD) tests/install/soak $(RUNS) $(SEED)

# An installed device, which the attacks on one begin with; and what another maker signs.
$(STORY)/closed/.made: $(INSTALL_INPUTS) tests/install/run-install tests/install/rom
	@echo "  DEVICE  $(@D)"
	@BUILD=$(BUILD) $(call logged,install,tests/install/run-install $(STORY)/medium.img $(@D))
	@touch $@

$(STORY)/other/.made: $(OTHER_KEYS)/crts/kernel_crt.pem $(BUILD)/out/qemu-production/Image.gz $(BUILD)/host/bbsign
	@mkdir -p $(@D)
	@$(BUILD)/host/bbsign srk --pki $(OTHER_KEYS) --table $(@D)/SRK_table.bin --fuses $(@D)/efuses.bin >/dev/null
	@set -- $(kernel_place_qemu); $(BUILD)/host/bbsign hab --pki $(OTHER_KEYS) \
		--passphrase-file $(OTHER_KEYS).passphrase --slot 0 --load-addr $$1 --ivt-offset $$2 \
		--device-type qemu --security-version 1 -o $(@D)/Image.gz $(BUILD)/out/qemu-production/Image.gz >/dev/null
	@touch $@

STORY_INPUTS = $(INSTALL_INPUTS) $(STORY)/closed/.made $(STORY)/other/.made

.PHONY: check-install
#: make check-install  whole installations: from a blank board, again, with the plug pulled, and attacked
check-install: setup
	@$(MAKE) --no-print-directory $(STORY_INPUTS)
	@BUILD=$(BUILD) V=1 tests/run 'tests/qemu/all story' "tests/install/soak 4"
