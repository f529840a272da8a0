# SPDX-License-Identifier: Apache-2.0
# The bootloader's kernel with this project's initramfs in place of balena-image-bootloader-initramfs, and so without
# its 72-cryptsetup, 73-mountboot, 74-abroot and 92-kexec; and with this project's configuration, which /init asks for.
INITRAMFS_IMAGE = "balena-bootloader"
INITRAMFS_IMAGE_NAME = "balena-bootloader-${MACHINE}"
INITRAMFS_MULTICONFIG = "${BALENA_BOOTLOADER_MULTICONFIG}"
INITRAMFS_DEPLOY_DIR_IMAGE = "${BALENA_BOOTLOADER_DEPLOY_DIR}"

# All fragments stand on allnoconfig, and the build fails when one did not take. BALENA_BOOTLOADER_FRAGMENTS
# names what a board needs besides (docs/porting.md).
KERNEL_CONFIG_DIR = "${BALENA_BOOTLOADER_TOP}/kernel-config"
BALENA_BOOTLOADER_FRAGMENTS ?= ""
FRAGMENTS = "${KERNEL_CONFIG_DIR}/common.config ${KERNEL_CONFIG_DIR}/bootloader.config \
    ${KERNEL_CONFIG_DIR}/${BALENA_BOOTLOADER_PLATFORM}.config ${KERNEL_CONFIG_DIR}/${BALENA_BOOTLOADER_VARIANT}.config \
    ${BALENA_BOOTLOADER_FRAGMENTS}"
do_configure[file-checksums] += "${@' '.join(f + ':True' for f in d.getVar('FRAGMENTS').split())}"

# The one certificate that OS kernels are signed for, PEM: bbsign pki makes it.
BALENA_BOOTLOADER_KERNEL_CERTIFICATE ?= ""
do_configure[file-checksums] += "${@d.getVar('BALENA_BOOTLOADER_KERNEL_CERTIFICATE') + ':True' if d.getVar('BALENA_BOOTLOADER_KERNEL_CERTIFICATE') else ''}"

# U-Boot's seed is not entropy: an option that kernels since 6.2 lack.
do_patch[postfuncs] += "balena_bootloader_seed"
balena_bootloader_seed() {
    ${KERNEL_CONFIG_DIR}/trust-bootloader ${S}
}

# A board's recipe may configure the kernel with its own defconfig behind do_configure: not this kernel.
SKIP_MACHINE_DEFCONFIG = "1"

do_configure() {
    [ -s "${BALENA_BOOTLOADER_KERNEL_CERTIFICATE}" ] || bbfatal "BALENA_BOOTLOADER_KERNEL_CERTIFICATE names no certificate"
    install -D -m 0644 "${BALENA_BOOTLOADER_KERNEL_CERTIFICATE}" ${B}/certs/trusted.pem
    (cd ${S} && ARCH=${ARCH} scripts/kconfig/merge_config.sh -n -O ${B} ${FRAGMENTS})
    ${KERNEL_CONFIG_DIR}/check ${B}/.config ${FRAGMENTS}
    # The class builds the kernel once without an initramfs, and then names this one itself.
    sed -i 's/^CONFIG_INITRAMFS_SOURCE=.*/CONFIG_INITRAMFS_SOURCE=""/' ${B}/.config
}

# What is compiled is what was checked, whatever was done to it in between.
do_compile:prepend() {
    sed 's/^CONFIG_INITRAMFS_SOURCE=.*/CONFIG_INITRAMFS_SOURCE="initramfs.cpio"/' ${B}/.config >${B}/checked.config
    ${KERNEL_CONFIG_DIR}/check ${B}/checked.config ${FRAGMENTS}
}

# meta-balena's options are for an initramfs of shell scripts.
deltask do_kernel_resin_injectconfig
deltask do_kernel_resin_reconfigure
deltask do_kernel_resin_checkconfig
