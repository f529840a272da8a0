# SPDX-License-Identifier: Apache-2.0
IMAGE_INSTALL:append = " balena-bootloader-tools"
