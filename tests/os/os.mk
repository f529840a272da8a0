# SPDX-License-Identifier: Apache-2.0
# The contents of the test disk's volumes and the disk that `make run` and most tests boot.
# Takes: the signed OS kernel and its modules (kernel-config/kernel.mk), busybox for the target
# from Debian, mkchip (tests/stub).

BUSYBOX := $(BUILD)/deps/busybox/bin/busybox
OS_FILES := tests/os/make-os tests/os/init

$(BUSYBOX): initramfs/deps/unpack-deb
	@$< $(CACHE)/packages busybox-static:arm64 $(BUILD)/deps/busybox
	@touch $@

$(BUILD)/target/dmtable: tests/os/dmtable.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CROSS)gcc -std=gnu11 -Os -static -s $(WARNINGS) -o $@ $<

# MAKE_OS with further options makes other contents, as tests need them.
MAKE_OS = tests/os/make-os --busybox $(BUSYBOX) --dmtable $(BUILD)/target/dmtable \
	--unsigned-module $(BUILD)/out/os/unsigned.ko --signed-module $(BUILD)/out/os/signed.ko

$(BUILD)/os/.made: $(OS_FILES) $(BUSYBOX) $(BUILD)/target/dmtable $(BUILD)/out/os/Image.gz \
		$(BUILD)/out/os/unsigned.ko $(BUILD)/out/os/signed.ko
	@echo "  OS      $(@D)"
	@$(MAKE_OS) --kernel $(BUILD)/out/os/Image.gz -o $(@D)
	@touch $@

# A chip of a closed device; made once, since a disk belongs to its chip.
$(BUILD)/chip: | $(BUILD)/host/mkchip
	@echo "  CHIP    $@"
	@$(BUILD)/host/mkchip -o $@

MKDISK = $(BUILD)/host/mkdisk --root-a $(BUILD)/os/rootA --root-b $(BUILD)/os/rootB \
	--boot $(BUILD)/os/boot --state $(BUILD)/os/state --data $(BUILD)/os/data --chip $(BUILD)/chip

$(BUILD)/disk.img: $(BUILD)/host/mkdisk $(BUILD)/os/.made $(BUILD)/chip
	@echo "  DISK    $@"
	@$(MKDISK) --seed $(notdir $@) -o $@
