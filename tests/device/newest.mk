# SPDX-License-Identifier: Apache-2.0
# What tests/qemu/device-newest.sh boots: made by a make of its own, which knows another kernel, behind what both
# share.
NEWEST_INPUTS = $(BUILD)/disk.img $(BAD_KERNELS)/.made $(OS)/kernel-key.ko $(BUILD)/target/premise \
	$(patsubst %,$(BUILD)/out/%/Image.gz,qemu-production premise-open premise-locked premise-qemu-production)

#: make newest   kernels of the newest source that Debian has, for the tests; KERNEL=newest makes any other target of it
.PHONY: newest newest-inputs
newest-inputs: $$(NEWEST_INPUTS)

newest: $(TARGET_LIBRARIES_BUILT) $(RECOVERY_PROGRAMS) $$(KEYS)/crts/kernel_crt.pem $$(OTHER_KEYS)/crts/kernel_crt.pem \
		$(DEPS_WORK)/debs/linux-newest/.unpacked
	@$(MAKE) --no-print-directory KERNEL=newest newest-inputs

ifeq ($(KERNEL),6.12)
DEVICE_INPUTS += newest
endif
