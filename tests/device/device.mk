# SPDX-License-Identifier: Apache-2.0
# As near to a board as a machine without one allows: the i.MX8M kernel in QEMU's board, U-Boot in front, the
# keys of mainline kernels, the newest kernel, the self-test of a board. What a part needs besides it adds
# to these two; its boots are in tests/qemu/device-PART.sh.

DEVICE_INPUTS = $(BOOT_INPUTS)
DEVICE_RUN = "tests/qemu/all device"

#: make check-device  the i.MX8M kernel in QEMU's board, U-Boot in front, mainline's keys, the newest kernel
.PHONY: check-device
check-device: setup
	@$(MAKE) --no-print-directory $(DEVICE_INPUTS)
	@BUILD=$(BUILD) tests/run $(DEVICE_RUN)
