# SPDX-License-Identifier: Apache-2.0
# Mainline's keys: the two kernels of a boot, each with an /init that is told so.

$(BUILD)/initramfs/qemu-trusted.conf: $(BUILD)/initramfs/qemu-production.conf tests/device/keys.mk
	@sed 's/^key-source = .*/key-source = caam-trusted/' $< >$@
$(BUILD)/initramfs/os-trusted.conf: $(BUILD)/initramfs/os.conf tests/device/keys.mk
	@sed 's/^key-source = .*/key-source = caam-trusted/' $< >$@

TRUSTED_INPUTS = $(BUILD)/out/qemu-trusted/Image.gz $(BUILD)/out/os-trusted/Image.gz
DEVICE_INPUTS += $(TRUSTED_INPUTS)
