# SPDX-License-Identifier: Apache-2.0
# Provisioning on a device in QEMU, with bbprovision as an installer has it. Packages: fdisk dosfstools mtools.

PROVISION_INPUTS = $(BUILD)/target/bbprovision $(BUILD)/initramfs/os.conf $(BUILD)/out/os/Image $(OS)/busybox \
	$(addprefix $(BUILD)/host/,bbctl mkchip replay gen_init_cpio)

# The same program, without care for what a cut makes of a FAT.
$(BUILD)/target/bbprovision-naive: $(BBPROVISION_SOURCES:%.c=$(BUILD)/target/obj/%.o) \
		$(BUILD)/target/obj/tests/provision/naive.o
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections -Wl,--wrap=keypair_write -L$(BUILD)/target/lib -o $@ $^ \
		$(TARGET_LIBS) $(TOOL_LIBS)

#: make check-provision  provisioning in QEMU: what is refused, and power cuts: GO_ON=20 disks, PULLS=12
.PHONY: check-provision
GO_ON ?= 20
PULLS ?= 12
check-provision: setup
	@$(MAKE) --no-print-directory $(PROVISION_INPUTS) $(BUILD)/target/bbprovision-naive
	@BUILD=$(BUILD) V=1 tests/run tests/provision/check "tests/provision/cuts $(GO_ON) $(PULLS)"
