# SPDX-License-Identifier: Apache-2.0
# Host tools of the tests, the operating system that they boot, and the tests themselves.

HOST_CC ?= cc
HOST_CFLAGS ?= -O2 -g

include tests/mkdisk/mkdisk.mk
include tests/unit/unit.mk
include tests/stub/stub.mk
include src/bbctl/bbctl.mk
include src/bbprovision/bbprovision.mk
include tests/undefended/undefended.mk
include tests/sim/sim.mk
include tests/sim/install/install.mk
include tests/attacks/attacks.mk
include tests/faults/faults.mk
include tests/install/media.mk
include tests/provision/provision.mk
include tests/install/install.mk
include tests/recovery/recovery.mk
include tests/device/device.mk
include tests/device/newest.mk
include tests/bench/bench.mk
include tests/device/uboot.mk
include tests/device/imx8m.mk
include tests/device/selftest.mk
include tests/device/keys.mk

# Host tools of one or a few files. Packages: libssl-dev zlib1g-dev
$(BUILD)/host/mutate: $(wildcard tests/tools/mutate*.c)
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -o $@ $^ -lcrypto -lz

# A signing service that misbehaves on demand. Packages: libssl-dev libjson-c-dev
$(BUILD)/host/service-server: $(wildcard tests/sign/server/*)
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -o $@ $(filter %.c,$^) \
		$$(pkg-config --libs libssl libcrypto json-c)

# Count guest instructions, for make bench and tests/profile.
$(BUILD)/host/count.so $(BUILD)/host/profile.so: $(BUILD)/host/%.so: tests/tools/%.c tests/tools/qemu-plugin.h
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -shared -fPIC -fvisibility=hidden -o $@ $<

$(BUILD)/host/mkchip: tests/stub/mkchip.c tests/stub/mkchip_show.c tests/stub/mkchip.h
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -o $@ $(filter %.c,$^)

# The operating system: busybox from Debian, its kernel, and a little of our own.
OS := $(BUILD)/os
$(OS)/busybox:
	@mkdir -p $(OS)
	@initramfs/deps/unpack-deb $(CACHE)/sources busybox-static:arm64 $(OS)/busybox-package
	@cp $(OS)/busybox-package/bin/busybox $@

# Small static programs for the target, without the libraries of /init.
$(OS)/dmtable: tests/os/dmtable.c | $(BUILD)/target/include/uapi
$(BUILD)/target/premise: tests/premise/init.c | $(BUILD)/target/include/uapi
$(OS)/dmtable $(BUILD)/target/premise:
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@aarch64-linux-musl-gcc -std=gnu11 -Os -s -static $(WARNINGS) -D_GNU_SOURCE \
		-isystem $(BUILD)/target/include/uapi -Itests/stub -o $@ $<

MAKE_OS := tests/os/make-os --busybox $(OS)/busybox --dmtable $(OS)/dmtable \
	--module $(BUILD)/out/os/unsigned.ko --module $(BUILD)/out/os/signed.ko

$(OS)/default/.made: tests/os/make-os tests/os/init $(OS)/busybox $(OS)/dmtable \
		$(BUILD)/out/os/Image.gz $(BUILD)/out/os/unsigned.ko
	@echo "  OS      $(@D)"
	@$(MAKE_OS) --kernel $(BUILD)/out/os/Image.gz -o $(@D)
	@touch $@

# The disk and the chip that tests/qemu/boot takes when it is not told others.
$(BUILD)/chip: $(BUILD)/host/mkchip
	@$< --force -o $@

VOLUME_DIRS = --root-a $1/rootA --root-b $1/rootB --boot $1/boot --state $1/state --data $1/data
$(BUILD)/disk.img: $(OS)/default/.made $(BUILD)/chip $(BUILD)/host/mkdisk
	@echo "  DISK    $@"
	@$(BUILD)/host/mkdisk --chip $(BUILD)/chip $(call VOLUME_DIRS,$(OS)/default) -o $@

# An initramfs without any defence, on the development kernel and on one that enforces nothing.
$(BUILD)/initramfs/premise.list: $(BUILD)/target/premise
	@mkdir -p $(@D)
	@printf '%s\n' 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'file /init $< 0755 0 0' >$@

# An initramfs like balena's own: a script, in which unlocking is one step.
$(BUILD)/initramfs/os-unlock.list: $(BUILD)/initramfs/os-unlock.conf $(BUILD)/target/init \
		tests/os/unlock-init $(OS)/busybox
	@printf '%s\n' 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'dir /etc 0755 0 0' \
		'dir /bin 0755 0 0' 'file /etc/balena-bootloader.conf $< 0444 0 0' \
		'file /bin/unlock $(BUILD)/target/init 0755 0 0' 'file /bin/busybox $(OS)/busybox 0755 0 0' \
		'file /init tests/os/unlock-init 0755 0 0' >$@

# Signed by the key that is for kernels; by the kernel's own tool, since ours refuses to.
$(OS)/kernel-key.ko: $(BUILD)/out/os/unsigned.ko $(KEYS)/crts/kernel_crt.pem
	@umask 077; openssl pkey -in $(KEYS)/keys/kernel_key.pem -passin file:$(PASSPHRASE_FILE) -out $@.key
	@$(BUILD)/kernel/os/scripts/sign-file sha256 $@.key $(KEYS)/crts/kernel_crt.pem $< $@
	@rm $@.key

# Kernels that are bad in one way each, as files without an ending: Image or Image.gz is found by content.
BAD_KERNELS := $(BUILD)/bad-kernels
$(BAD_KERNELS)/.made: tests/qemu/make-bad-kernels tests/attacks/revoked.S $(BUILD)/host/mutate $(BUILD)/host/bbsign \
		$(BUILD)/out/os/Image $(OTHER_KEYS)/crts/kernel_crt.pem
	@echo "  BAD     $(@D)"
	@KEYS=$(KEYS) PASSPHRASE_FILE=$(PASSPHRASE_FILE) OTHER_KEYS=$(OTHER_KEYS) \
		$< $(BUILD)/host $(BUILD)/out/os/Image $(@D)
	@touch $@

BOOTLOADER = $(BUILD)/out/qemu-$1/Image.gz

# What the whole boots need.
BOOT_INPUTS = $(call BOOTLOADER,production) $(call BOOTLOADER,development) $(BUILD)/disk.img \
	$(BAD_KERNELS)/.made $(OS)/kernel-key.ko $(BUILD)/target/premise $(BUILD)/out/os-unlock/Image.gz \
	$(BUILD)/host/mkchip $(BUILD)/host/bbctl $(BUILD)/target/bbctl \
	$(BUILD)/target/recovery-attack $(BUILD)/out/undefended/Image.gz $(patsubst %,$(BUILD)/out/premise-%/Image.gz,open locked qemu-production)

run: setup
	@$(MAKE) --no-print-directory $(call BOOTLOADER,development) $(BUILD)/disk.img $(BUILD)/host/bbctl
	@BUILD=$(BUILD) tests/qemu/run-story

check: setup
	@$(MAKE) --no-print-directory check-build
	@echo "  TEST    unit tests, signing and fuzzing (9 min on 2 cores), a kernel built twice (6 min), whole boots (5 min)"
	@BUILD=$(BUILD) tests/run -j $(TEST_JOBS) "tests/mutants $(BUILD)" $(UNIT_RUN) $(SIGN_SCRIPTS) \
		tests/fuzz/mutants $(call FUZZ_RUN,2) -- \
		"tests/built $(BUILD)" "tests/bench/budgets check" $(PACKAGING_RUN) \
		"make --no-print-directory check-stub" tests/qemu/all \
		tests/provision/fuses "tests/provision/check install before blobs" \
		"tests/qemu/case hang_in_kernel layout_2_data_into_root device_keys_trusted" \
		"tests/qemu/case device_imx8m_closed device_imx8m_open" \
		"tests/qemu/case installer_starts installer_unsigned installer_kernel_edited" \
		"tests/qemu/case installer_unsigned_on_an_open_device" "tests/qemu/case story_secureboot" \
		"tests/qemu/case device_uboot_boots" \
		"tests/qemu/case recovery_repairs_a_boot_that_was_given_up recovery_closed_device_keeps_its_key" \
		"tests/qemu/case recovery_closed_flag_as_a_string recovery_not_in_production" tests/pages

# The kernels take most of the time: one after the other, each on all cores.
.PHONY: check-build
check-build: $(BOOT_INPUTS) $(BUILD)/host/count.so $(TRUSTED_INPUTS) $(MEDIA_INPUTS) $(INSTALL_INPUTS) \
		$(UBOOT_INPUTS) \
		$(BUILD)/out/imx8m-production/Image.gz $(BOARD_QEMU) \
		$(BUILD)/target/stub-selftest.cpio \
		$(PROVISION_INPUTS) unit-build $(FUZZ_TARGETS) $$(PACKAGING_INPUTS)
