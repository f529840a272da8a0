# SPDX-License-Identifier: Apache-2.0
# The i.MX8M's kernels in QEMU's board (tests/qemu/device-imx8m.sh). Its QEMU is newer than Debian 12's, and runs
# with the libraries of the one that is installed.

BOARD_QEMU := $(DEPS_WORK)/debs/qemu/.unpacked
DEVICE_INPUTS += $(BOARD_QEMU) $(patsubst %,$(BUILD)/out/%/Image.gz,imx8m-production imx8m-development \
	imx8m-stub imx8m-undefended os-imx8m)
