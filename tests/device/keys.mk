# SPDX-License-Identifier: Apache-2.0
# Mainline's keys: the two kernels of a boot, each with an /init that is told so. Protected keys are in the newest
# kernel only.

KEY_CONFS := $(foreach source,trusted pk,$(patsubst %,$(BUILD)/initramfs/%-$(source).conf,qemu os))
$(filter $(BUILD)/initramfs/qemu-%,$(KEY_CONFS)): $(BUILD)/initramfs/qemu-production.conf
$(filter $(BUILD)/initramfs/os-%,$(KEY_CONFS)): $(BUILD)/initramfs/os.conf
$(KEY_CONFS): $(BUILD)/initramfs/%.conf: tests/device/keys.mk
	@sed 's/^key-source = .*/key-source = caam-$(lastword $(subst -, ,$*))/' $(filter %.conf,$^) >$@

TRUSTED_INPUTS = $(BUILD)/out/qemu-trusted/Image.gz $(BUILD)/out/os-trusted/Image.gz
DEVICE_INPUTS += $(TRUSTED_INPUTS) $(BUILD)/out/qemu-pk/Image.gz
NEWEST_INPUTS += $(TRUSTED_INPUTS) $(BUILD)/out/qemu-pk/Image.gz $(BUILD)/out/os-pk/Image.gz
