# SPDX-License-Identifier: Apache-2.0
# Installers' media: what starts and what is refused. tests/qemu/installer.sh has the cases.

# What the few cases of make check need; and all of them.
MEDIA_INPUTS = $(patsubst %,$(BUILD)/out/%/Image.gz,qemu-flasher qemu-flasher-development os-installer) \
	$(BUILD)/disk.img $(BUILD)/host/bbsign
MEDIA_ALL_INPUTS = $(MEDIA_INPUTS) $(patsubst %,$(BUILD)/out/%/Image.gz,undefended-flasher os-installer-undefended \
	imx8m-flasher os) $(BAD_KERNELS)/.made $(OTHER_KEYS)/crts/installer_crt.pem $(BUILD)/host/mkchip \
	$(BUILD)/host/failing-disk.so

.PHONY: check-installer
#: make check-installer  installers' media: what starts, and what is refused
check-installer: setup
	@$(MAKE) --no-print-directory $(MEDIA_ALL_INPUTS)
	@BUILD=$(BUILD) V=1 tests/run 'tests/qemu/all installer'
