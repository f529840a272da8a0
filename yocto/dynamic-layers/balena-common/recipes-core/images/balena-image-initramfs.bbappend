# SPDX-License-Identifier: Apache-2.0
# One program unlocks the volumes, in the place of 72-cryptsetup and what it calls. 92-kexec is the bootloader's.
PACKAGE_INSTALL:remove = "initramfs-module-cryptsetup initramfs-module-kexec"
PACKAGE_INSTALL:append = " initramfs-module-balena-unlock"
